// How far a job is, as one number: what tells an attempt that got further from one that ended where others did.

/** How far an attempt has come: two attempts that end in the same range of records end at the same place. */
export const progressNumberSql = `(case
    when kind = 'export' then processed / 10000
    when source_key is null then coalesce(fetched_bytes, 0) / 1048576
    else checkpoint_row end)`
