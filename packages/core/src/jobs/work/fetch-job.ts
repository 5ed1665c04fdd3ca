// How many files of one caller are fetched at the same time.

/**
 * Of the fetchers, so many at most are for one caller: a file may take an hour, and others are to find one that is
 * free meanwhile.
 */
export const mostForOne = (fetches: number): number => Math.max(1, fetches - 1)
