// The limit of concurrent fetches per caller.

/**
 * Maximum number of concurrent fetches for one caller. A file may take an hour, so one fetcher stays free for others.
 */
export const maxFetchesPerCaller = (fetches: number): number => Math.max(1, fetches - 1)
