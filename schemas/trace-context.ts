import {z} from 'zod';

/** Version 00: the trace's id, the span's id and flags, of which neither id may be all zeros. */
const traceparentPattern = /^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;

/**
 * The span that a request is, for spans elsewhere that are to be its children: the two headers of
 * W3C's Trace Context (level 1). It names a trace and nothing else.
 */
export const traceContextSchema = z.object({
  traceparent: z.string().regex(traceparentPattern),
  /** What tracing systems add, passed on as it is: printable ASCII. One that is none is left out. */
  tracestate: z
    .string()
    .regex(/^[\x20-\x7e]{1,512}$/)
    .optional()
    .catch(undefined),
});
export type TraceContext = Readonly<z.infer<typeof traceContextSchema>>;
