/** Of networks and of requests, from low to high. */
export const priorities = ['LOW', 'MEDIUM', 'HIGH'] as const;
export type Priority = (typeof priorities)[number];

/** What has none is as this. */
export const defaultPriority: Priority = 'MEDIUM';
