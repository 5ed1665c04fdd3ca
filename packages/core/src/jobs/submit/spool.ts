// An upload → an object in the storage; a wrong kind of file is rejected by its first bytes.
import { defaults } from '../../config/defaults.ts'
import { rejectUnsupported } from '../../engine/format/detect/magic.ts'
import { closeSource, readChunks } from '../../engine/source/chunks.ts'
import { LadingError } from '../../errors/lading-error.ts'
import type { Storage, StoredObject } from '../../storage/storage.ts'
import { uploadKey } from '../store/files/storage-keys.ts'
import type { SubmitImport } from './submit-options.ts'

/**
 * @throws LadingError `FILE_EMPTY` for a CSV file without bytes, `FORMAT_UNSUPPORTED`, `FILE_TOO_LARGE`; nothing is
 * left in the storage then
 */
export async function spool(
  storage: Storage,
  { source, format, compression, maxBytes, caller, signal }: SubmitImport,
): Promise<StoredObject> {
  const key = uploadKey(caller?.tenant)
  const abort = new AbortController()
  const combined = signal === undefined ? abort.signal : AbortSignal.any([abort.signal, signal])
  try {
    const chunks = readChunks(source, defaults.copyChunkBytes, combined)
    const text = rejectUnsupported(chunks, compression === 'gzip' ? 'announced' : 'unannounced')
    const stored = await storage.put(key, text, { signal, maxBytes })
    if (stored.size > 0 || format !== 'csv') return stored
    await storage.delete(key)
    throw new LadingError('FILE_EMPTY', 'The file is empty; a CSV file begins with a header line.')
  } finally {
    abort.abort()
    closeSource(source)
  }
}
