// Every default of the library, each with its unit and its reason.

export const defaults = {
  /**
   * Records per batch and transaction. Fewer cost round trips (per 1,000,000 rows, batches of 1,000 took 8.6 s, of
   * 5,000 6.1 s, of 100,000 5.8 s); more cost memory (peak of a process: 4,000 177 MB, 5,000 up to 196 MB).
   */
  batchRows: 4_000,
  /**
   * Rows per batch of an export whose rows go through Node. COPY hands on 64 KiB at a time, and what is complete is not
   * held back, so that more than those hold changes nothing.
   */
  exportBatchRows: 1_000,
  /** Bytes of source text per batch, so that wide records do not make a batch of gigabytes. */
  batchBytes: 4 * 1024 * 1024,
  /** Batches that decoding may be ahead of the database. More costs memory and gains nothing. */
  batchesAhead: 1,
  /** Bytes of one record; a longer one is an error, or an unclosed quote would swallow the file. */
  maxRecordBytes: 1024 * 1024,
  /** Columns of a CSV header, and keys of a JSON object. PostgreSQL itself stops at 1,600 columns. */
  maxColumns: 500,
  /** Bytes per write into COPY. Row-sized writes starve the event loop; larger ones gain nothing. */
  copyChunkBytes: 64 * 1024,
  /** Bytes a second of stored files that are read once more: a hundred gigabytes take four hours. */
  verifyBytesPerSecond: 8 * 1024 * 1024,
  /** Bytes per step of decoding, between two turns of the event loop in which the database is served. */
  decodeChunkBytes: 16 * 1024,
  /**
   * Seconds in which a connection may move no byte while an answer is due. Longer than a batch or the sorting of an
   * export takes, shorter than the patience of whoever waits for a job.
   */
  noProgressSeconds: 60,
  /**
   * Seconds that a hook may take for its answer, such as a `lookUp` for a batch. It has others to ask; but one that
   * never answers would hold a worker for ever.
   */
  hookTimeoutSeconds: 300,
  /** The same of hooks that somebody at the other end of a connection waits for. */
  httpHookTimeoutSeconds: 30,
  /** Record errors kept in a report; counts are exact beyond it, and `onError` sees every one. */
  reportedErrors: 1_000,
  /** Warnings kept in a report: one per unknown column, and a hostile file can have many. */
  reportedWarnings: 100,
  /** Seconds that fetching a remote file may take in all. More lets a slow server hold one of the workers for longer. */
  remoteSeconds: 3_600,
  /** Bytes a second that a remote file must come with, on average over `remoteRateSeconds`. */
  remoteBytesPerSecond: 1_024,
  /** Seconds of waiting over which the rate is judged; fewer refuse a server that only pauses. */
  remoteRateSeconds: 30,
  /** Seconds for a connection to the server of a remote file, with its handshake. */
  remoteConnectSeconds: 10,
  /** Seconds until the head of its answer has come; a server that makes the file first takes its time. */
  remoteAnswerSeconds: 60,
  /** Milliseconds before a transfer that broke off is gone on with; doubled each time, so that a restart is outlived. */
  remotePauseMs: 500,
  /** Requests with a file or options for an import that are read at the same time. Each may fill `maxFileBytes` of the disk. */
  uploads: 32,
  /** The same of one caller, who could otherwise keep everybody else out. */
  uploadsPerCaller: 16,
  /** Exports that are printed while they are sent. Each holds a connection of the pool. */
  streamedExports: 8,
  /** The same of one caller. */
  streamedExportsPerCaller: 4,
  /** Files that are sent out of what is stored. Unprocessed records of a large .gz take 10 MB each while they are read. */
  downloads: 16,
  /** The same of one caller. */
  downloadsPerCaller: 8,
  /** Seconds that the body of a request may take in all. More lets a slow client hold its place for longer. */
  bodySeconds: 3_600,
  /** Bytes a second that the body of a request must come with, on average over `bodyRateSeconds`. */
  bodyBytesPerSecond: 1_024,
  /** Seconds of waiting over which the rate is judged; fewer refuse a client that only pauses. */
  bodyRateSeconds: 30,
  /** Seconds for which a client may take nothing of an answer that is there for it: it holds a snapshot of the database. */
  stalledAnswerSeconds: 60,
  /** Bytes a second that a client must take of a file, on average over `answerRateSeconds`. More cuts off slow lines. */
  answerBytesPerSecond: 1_024,
  /** Seconds of waiting over which the rate is judged; fewer judge by what the buffers on the way hold. */
  answerRateSeconds: 300,
  /** Bytes of a JSON body. Options are small. */
  jsonBodyBytes: 64 * 1024,
  /** Fields of a form beside its file. */
  formFields: 32,
  /** Bytes of one of them; the mapping of a wide file is the longest that there is. */
  formFieldBytes: 16 * 1024,
  /**
   * Bytes of a disk that a storage leaves free. Often the database is on the same one, and PostgreSQL stops where it
   * cannot write its log.
   */
  freeDiskBytes: 256 * 1024 * 1024,
  /**
   * Seconds for which a job waits for the database or the storage without getting further: longer than a night in which
   * nobody looks, shorter than its file is kept.
   */
  outageLimitSeconds: 24 * 3600,
  /** Jobs of one caller that have not ended. Each keeps its file on the disk. */
  activeJobsPerCaller: 1_000,
} as const
