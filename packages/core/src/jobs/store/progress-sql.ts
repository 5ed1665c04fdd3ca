// The progress of a job as one number, which distinguishes an attempt that got further from one that did not.

/** Progress of an attempt; two attempts that end in the same range of records count as ending at the same place. */
export const progressNumberSql = `(case
    when kind = 'export' then processed / 10000
    when source_key is null then coalesce(fetched_bytes, 0) / 1048576
    else checkpoint_row end)`
