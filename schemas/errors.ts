import {z} from 'zod';

/** The closed set of error codes, with whether the same request may succeed when repeated. */
export const errorCodes = {
  INVALID_ARGUMENT: false,
  INVALID_NETWORK: false,
  FILE_UNREADABLE: false,
  PATH_REFUSED: false,
  UNKNOWN_OPERATION: false,
  UNSUPPORTED_OPERATIONS: false,
  AFFINITY_INCOMPLETE: false,
  UNKNOWN_INPUT: false,
  MISSING_INPUT: false,
  UNKNOWN_OUTPUT: false,
  TYPE_MISMATCH: false,
  SHAPE_MISMATCH: false,
  SIZE_MISMATCH: false,
  INVALID_DEVICE: false,
  UNKNOWN_DEVICE: false,
  UNKNOWN_CONFIG_KEY: false,
  INVALID_CONFIG_VALUE: false,
  READ_ONLY_KEY: false,
  UNKNOWN_METRIC: false,
  COMPILE_FAILED: false,
  QUARANTINED: false,
  STAGE_FAILED: false,
  NOT_IMPLEMENTED: false,
  PAYLOAD_TOO_LARGE: false,
  INVALID_FRAME: false,
  INVALID_BLOB: false,
  BLOB_INCOMPATIBLE: false,
  BUSY: false,
  CANCELLED: false,
  NOT_STARTED: false,
  RELEASED: false,
  STATE_LOST: false,
  QUEUE_FULL: true,
  DEADLINE_EXCEEDED: true,
  DEVICE_LOST: true,
  NO_SERVER: true,
  NO_COORDINATOR: true,
  CONNECTION_LOST: true,
  STORE_UNAVAILABLE: true,
  INTERNAL: false,
} as const satisfies Readonly<Record<string, boolean>>;

export type ErrorCode = keyof typeof errorCodes;

/** Where an error happened, as far as known. */
export const errorPlaceSchema = z.object({
  stage: z.string().optional(),
  device: z.string().optional(),
  operation: z.string().optional(),
  retryAfterMs: z.number().nonnegative().optional(),
});
export type ErrorPlace = z.infer<typeof errorPlaceSchema>;

/** An error as it crosses a process boundary. */
export const wireErrorSchema = z.object({
  code: z.enum(Object.keys(errorCodes) as [ErrorCode, ...ErrorCode[]]),
  message: z.string(),
  place: errorPlaceSchema,
});
export type WireError = z.infer<typeof wireErrorSchema>;
