// Every default of the library, each with its unit and its reason.

export const defaults = {
  /**
   * Records per batch and transaction. Fewer cost round trips (per 1,000,000 rows, batches of 1,000 took 8.6 s, of
   * 5,000 6.1 s, of 100,000 5.8 s); more cost memory (peak of a process: 4,000 177 MB, 5,000 up to 196 MB).
   */
  batchRows: 4_000,
  /**
   * Rows per batch of an export whose rows go through Node. COPY delivers 64 KiB at a time, and complete rows are not
   * held back, so more rows than fit in 64 KiB change nothing.
   */
  exportBatchRows: 1_000,
  /** Bytes of source text per batch, so that wide records do not add up to gigabytes. */
  batchBytes: 4 * 1024 * 1024,
  /** Batches that decoding may run ahead of the database. More costs memory and gains nothing. */
  batchesAhead: 1,
  /** Connections of one run. */
  connections: 1,
  /** Maximum bytes of one record. Without a limit, an unclosed quote would swallow the file. */
  maxRecordBytes: 1024 * 1024,
  /** Maximum columns of a CSV header, and keys of a JSON object. PostgreSQL's own limit is 1,600 columns. */
  maxColumns: 500,
  /** Bytes per write into COPY. Row-sized writes starve the event loop; larger ones gain nothing. */
  copyChunkBytes: 64 * 1024,
  /** Bytes per second when stored files are read again to verify them: 100 GB take four hours. */
  verifyBytesPerSecond: 8 * 1024 * 1024,
  /** Bytes decoded before the event loop gets a turn to serve the database. */
  decodeChunkBytes: 16 * 1024,
  /**
   * Seconds that a connection may transfer nothing while a response is due. Longer than a batch or the sort of an export
   * takes; short enough for a user who waits for a job.
   */
  noProgressSeconds: 60,
  /**
   * Seconds that a hook, such as `lookUp` for a batch, may take to return. Hooks may call other systems, but one that
   * never returns would block a worker forever.
   */
  hookTimeoutSeconds: 300,
  /** The same for hooks that run while an HTTP client waits. */
  httpHookTimeoutSeconds: 30,
  /** Record errors kept in a report. Counts stay exact beyond it, and `onError` receives every error. */
  reportedErrors: 1_000,
  /** Warnings kept in a report: one per unknown column, and a hostile file can have many. */
  reportedWarnings: 100,
  /** Seconds that fetching a remote file may take in total. More lets a slow server occupy a worker for longer. */
  remoteSeconds: 3_600,
  /** Minimum bytes per second of a remote file, on average over `remoteRateSeconds`. */
  remoteBytesPerSecond: 1_024,
  /** Seconds of waiting over which the rate is measured. Fewer reject a server that only pauses. */
  remoteRateSeconds: 30,
  /** Seconds to connect to the server of a remote file, including the TLS handshake. */
  remoteConnectSeconds: 10,
  /** Seconds until the response headers arrive; a server that generates the file first may need a while. */
  remoteAnswerSeconds: 60,
  /** Milliseconds before an interrupted transfer resumes. Doubled each time, to outlast a server restart. */
  remotePauseMs: 500,
  /** Concurrent requests with a file or options for an import. Each may use `maxFileBytes` of disk. */
  uploads: 32,
  /** The same per caller, so that one caller cannot lock out all others. */
  uploadsPerCaller: 16,
  /** Concurrent exports that are streamed from the database. Each holds a connection of the pool. */
  streamedExports: 8,
  /** The same per caller. */
  streamedExportsPerCaller: 4,
  /** Concurrent downloads of stored files. Unprocessed records of a large .gz take 10 MB each while they are read. */
  downloads: 16,
  /** The same per caller. */
  downloadsPerCaller: 8,
  /** Seconds that the body of a request may take in total. More lets a slow client hold its slot for longer. */
  bodySeconds: 3_600,
  /** Minimum bytes per second of a request body, on average over `bodyRateSeconds`. */
  bodyBytesPerSecond: 1_024,
  /** Seconds of waiting over which the rate is measured. Fewer reject a client that only pauses. */
  bodyRateSeconds: 30,
  /** Seconds that a client may read nothing of a pending response, which holds a snapshot of the database. */
  stalledAnswerSeconds: 60,
  /** Minimum bytes per second that a client must read of a file, on average over `answerRateSeconds`. More cuts off slow connections. */
  answerBytesPerSecond: 1_024,
  /** Seconds of waiting over which the rate is measured. Fewer measure only what buffers along the way hold. */
  answerRateSeconds: 300,
  /** Maximum bytes of a JSON body. Options are small. */
  jsonBodyBytes: 64 * 1024,
  /** Maximum fields of a form, in addition to its file. */
  formFields: 32,
  /** Maximum bytes of one form field. The longest is the mapping of a wide file. */
  formFieldBytes: 16 * 1024,
  /**
   * Bytes of a disk that a storage leaves free. The database is often on the same disk, and PostgreSQL stops if it cannot
   * write its log.
   */
  freeDiskBytes: 256 * 1024 * 1024,
  /**
   * Seconds that a job waits for the database or the storage without making progress: longer than an unattended night,
   * shorter than its file is kept.
   */
  outageLimitSeconds: 24 * 3600,
  /** Unfinished jobs per caller. Each keeps its file on disk. */
  activeJobsPerCaller: 1_000,
  /** Seconds without a heartbeat until another worker takes a job. Fewer take jobs from processes that only pause. */
  leaseSeconds: 30,
  /** Attempts without progress before a job fails. */
  maxAttempts: 5,
  /** Seconds between two searches for jobs whose workers have died. */
  rescueSeconds: 10,
  /** Milliseconds between two polls by a worker with free slots. Fewer cost queries; wake-ups come without them. */
  pollMs: 1_000,
  /** Milliseconds before the second attempt at a job; doubled with each further one. */
  backoffMs: 1_000,
  /** Upper limit of that pause. */
  maxBackoffMs: 300_000,
  /** Seconds that the file of an export is kept: a day. */
  fileExpirySeconds: 86_400,
  /** Seconds that a job is kept after its end: 30 days. */
  jobRetentionSeconds: 30 * 86_400,
  /** Seconds that the source of an import, and with it its rejected records, is kept after its end: a week. */
  spoolRetentionSeconds: 7 * 86_400,
  /** Seconds that an idempotency key is remembered: a day. */
  idempotencyTtlSeconds: 86_400,
  /** Seconds between two runs of the janitor. */
  janitorSeconds: 60,
  /** Seconds between two scans of all stored files: a day. */
  verifyEverySeconds: 86_400,
  /** Record errors stored per job, of some 300 bytes each. Counts stay exact beyond it. */
  storedErrors: 100_000,
  /** Imports that a worker process runs at the same time. Each takes one connection. */
  concurrentImports: 4,
  /** The same for exports. */
  concurrentExports: 2,
  /** The same for files to fetch from URLs, which take no connection while they wait for the other server. */
  concurrentFetches: 4,
  /** Jobs in a page of a list. */
  jobsPerPage: 20,
  /** Record errors in a page. */
  errorsPerPage: 50,
} as const
