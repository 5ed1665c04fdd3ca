// The storage contract: where files are stored between two steps of a job.
import type { Readable } from 'node:stream'

/** A source of bytes: an upload, a file, the output of an export. */
export type StorageSource = Readable | AsyncIterable<Uint8Array>

export interface StoredObject {
  readonly key: string
  /** Bytes. */
  readonly size: number
  /** SHA-256 of these bytes, computed while they were written: 64 hexadecimal digits in lower case. */
  readonly sha256: string
}

export interface ObjectFacts {
  readonly key: string
  /** Bytes. */
  readonly size: number
  /** When the `put` that wrote it completed. */
  readonly modifiedAt: Date
}

export interface PutOptions {
  /** Cancels the `put`, even while the source is silent; nothing is left of it. */
  readonly signal?: AbortSignal | undefined
  /** Maximum size in bytes. The source is not read past the chunk that exceeds it. @defaultValue no limit */
  readonly maxBytes?: number | undefined
}

export interface ByteRange {
  /** First byte, from 0. @defaultValue 0 */
  readonly start?: number | undefined
  /** The byte *after* the last one, as in `slice`. A value past the end is cut to the size. @defaultValue the size */
  readonly end?: number | undefined
}

/**
 * Keys are paths such as `imports/0198c0de/source.csv`: lower case letters, digits and `._-` in parts that begin with
 * a letter or digit, separated by `/`; no `..`, no `.tmp-`; at most 200 bytes per part and 512 in total. A key must
 * not be the folder of another one (`a` and `a/b`): some storages cannot hold both.
 *
 * Every method that takes a key throws `STORAGE_KEY_INVALID` for an invalid one, before it does anything.
 */
export interface Storage {
  // Any other error of a method or a stream means that the storage is unavailable: jobs wait for it.

  /**
   * Stores what `source` yields. Readers see the object only once it is complete. If it fails in any way, nothing is
   * left and an existing object is unchanged. The source is always closed.
   *
   * Twice with one key: the last one to complete replaces the object as a whole.
   *
   * @throws LadingError `FILE_TOO_LARGE` beyond `maxBytes`, `STORAGE_FULL`, `CANCELLED` by the signal.
   * @throws errors of the source, unchanged.
   */
  put(key: string, source: StorageSource, options?: PutOptions): Promise<StoredObject>

  /**
   * Opens an object or a range of it. The stream continues with that object even if it is replaced or deleted
   * meanwhile. Read it to its end or destroy it: it holds a descriptor or a connection.
   *
   * Twice: two independent streams.
   *
   * @throws LadingError `STORAGE_NOT_FOUND`, from the promise and not from the stream.
   * @throws LadingError `OPTION_INVALID` for a range that is not whole numbers with `0 ≤ start ≤ end`.
   */
  get(key: string, range?: ByteRange): Promise<Readable>

  /** Returns size and modification time of an object, or undefined if there is none. Changes nothing. */
  stat(key: string): Promise<ObjectFacts | undefined>

  /** Deletes an object. Twice, or without one: does nothing. */
  delete(key: string): Promise<void>

  /**
   * Lists objects whose key begins with `prefix`, in order of their keys; `''` lists all. Objects that are added or
   * deleted meanwhile may or may not be included. Objects that are still being written are not.
   */
  list(prefix: string): AsyncIterable<ObjectFacts>

  /**
   * Removes the leftovers of `put`s whose process died, if they were not written to since `before`; returns their
   * number. Absent if nothing can be left. Twice: finds nothing more.
   */
  removeUnfinished?(before: Date): Promise<number>

  /**
   * Returns a URL from which the object can be read without further credentials. Absent if the storage has none: the
   * bytes then go through the application. Twice: two URLs, both valid until they expire.
   *
   * @throws LadingError `STORAGE_NOT_FOUND`, if the storage checks before it signs.
   */
  signedUrl?(key: string, options: { readonly expiresInSeconds: number }): Promise<string>

  /**
   * Returns a name for the place where the objects are stored. It is permanent, the same in every process that shares
   * the place, and different for every other place: 1 to 200 printable ASCII characters. Jobs record it with their
   * files, and a worker takes only jobs whose file is in its storage. Absent: jobs submitted with this storage are
   * for every worker, and a worker with it takes no job whose file is in a storage with a name. Twice: the same name.
   *
   * @throws LadingError `CONFIG_INVALID` if the place cannot be identified
   */
  identity?(): Promise<string>
}

/** A storage that can report its free capacity. */
export interface StorageWithCapacity extends Storage {
  /**
   * Checks whether this many bytes would fit now. Reserves nothing, so a second call gives the same answer.
   *
   * @throws LadingError `STORAGE_FULL`
   */
  checkCapacity(bytes: number): Promise<void>
}

export function knowsCapacity(storage: Storage): storage is StorageWithCapacity {
  return 'checkCapacity' in storage && typeof storage.checkCapacity === 'function'
}
