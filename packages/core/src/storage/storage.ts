// Where files are kept between two steps of a job: the contract that every storage fulfils.
import type { Readable } from 'node:stream'

/** Bytes as they come: an upload, a file, the output of an export. */
export type StorageSource = Readable | AsyncIterable<Uint8Array>

export interface StoredObject {
  readonly key: string
  /** Bytes. */
  readonly size: number
  /** Of these bytes, computed while they were written: 64 hexadecimal digits in lower case. */
  readonly sha256: string
}

export interface ObjectFacts {
  readonly key: string
  /** Bytes. */
  readonly size: number
  /** When the `put` that wrote it was complete. */
  readonly modifiedAt: Date
}

export interface PutOptions {
  /** Ends the `put`, also while the source is silent; nothing is left of it. */
  readonly signal?: AbortSignal | undefined
  /** Bytes of the largest object. The source is not read further than the chunk that exceeds it. @defaultValue no limit */
  readonly maxBytes?: number | undefined
}

export interface ByteRange {
  /** First byte, from 0. @defaultValue 0 */
  readonly start?: number | undefined
  /** The byte *after* the last one, as in `slice`. What lies beyond the object is left out. @defaultValue the size */
  readonly end?: number | undefined
}

/**
 * Keys are paths such as `imports/0198c0de/source.csv`: lower case letters, digits and `._-` in parts that begin
 * with a letter or digit, divided by `/`; no `..`, no `.tmp-`, at most 200 bytes a part and 512 in all. A key must
 * not be the folder of another one (`a` beside `a/b`): some storages cannot keep both.
 *
 * Every method that takes a key throws `STORAGE_KEY_INVALID` for any other, before it does anything.
 */
export interface Storage {
  // What else its methods throw, or their streams break with, means that it cannot be used now: jobs wait for that.

  /**
   * Keeps what `source` yields. Readers see nothing of it until it is complete, and then all of it. When it fails
   * in whatever way, nothing is left, and an object that was there before is untouched. The source is closed on
   * every way out.
   *
   * Twice with one key: the last one to complete wins, as a whole.
   *
   * @throws LadingError `FILE_TOO_LARGE` beyond `maxBytes`, `STORAGE_FULL`, `CANCELLED` by the signal.
   * @throws what the source throws, as it is.
   */
  put(key: string, source: StorageSource, options?: PutOptions): Promise<StoredObject>

  /**
   * Opens an object, or a part of it. The stream goes on with the object it has opened, also when that is replaced
   * or deleted meanwhile. Read it to its end or destroy it: it holds a descriptor or a connection.
   *
   * Twice: two independent streams.
   *
   * @throws LadingError `STORAGE_NOT_FOUND`, from the promise and not from the stream.
   * @throws LadingError `OPTION_INVALID` for a range that is not made of whole numbers with `0 ≤ start ≤ end`.
   */
  get(key: string, range?: ByteRange): Promise<Readable>

  /** Size and age of an object, or undefined if there is none. Changes nothing, however often it is called. */
  stat(key: string): Promise<ObjectFacts | undefined>

  /** Removes an object. Twice, or without one: does nothing. */
  delete(key: string): Promise<void>

  /**
   * Objects whose key begins with `prefix`, in the order of the keys; `''` lists all. What comes or goes meanwhile
   * may or may not be in it. Objects that are still being written are not.
   */
  list(prefix: string): AsyncIterable<ObjectFacts>

  /**
   * Removes what `put`s have left that were ended by the death of their process, if nothing was written to it since
   * `before`; returns how many there were. Absent where nothing can be left. Twice: there is nothing more.
   */
  removeUnfinished?(before: Date): Promise<number>

  /**
   * An address from which the object can be read without further credentials. Absent where there is none: the
   * bytes then go through the application. Twice: two addresses, both good until they expire.
   *
   * @throws LadingError `STORAGE_NOT_FOUND`, where the storage looks before it signs.
   */
  signedUrl?(key: string, options: { readonly expiresInSeconds: number }): Promise<string>

  /**
   * A name for the place where the objects lie: the same in every process that shares them, now and later, and
   * another one for every other place. 1 to 200 printable ASCII characters. Jobs remember it with their files, and a
   * worker takes only jobs whose file lies in its storage. Absent: the jobs submitted with this storage are for every
   * worker, and a worker with it takes none whose file lies in a storage that has a name. Twice: the same name.
   *
   * @throws LadingError `CONFIG_INVALID` if the place does not say which it is
   */
  identity?(): Promise<string>
}

/** A storage that knows how much room it has. */
export interface StorageWithCapacity extends Storage {
  /**
   * Whether so many bytes would find room now. Takes none: whoever asks twice is told the same.
   *
   * @throws LadingError `STORAGE_FULL`
   */
  checkCapacity(bytes: number): Promise<void>
}

export function knowsCapacity(storage: Storage): storage is StorageWithCapacity {
  return 'expectRoom' in storage && typeof storage.expectRoom === 'function'
}
