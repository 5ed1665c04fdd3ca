// What is known about a file → whether it is a bundle: by its declared format, else by its name or first bytes.
import { inflatedStart, type KnownOfFile } from '../detect/detect.ts'
import { isGzip } from '../detect/magic.ts'

/** Name of the bundle format, for callers that declare a format. */
export const bundleFormat = 'bundle'

/** Magic text of POSIX.1 ustar and its byte offset in the first header. */
const magic = { text: 'ustar', at: 257 }

/** A declared format wins, even if the bytes contradict it. */
export function isBundle({ format, fileName = '', start }: KnownOfFile): boolean {
  if (format !== undefined) return format === bundleFormat
  if (/\.(tar\.gz|tgz)$/i.test(fileName)) return true
  return (
    isGzip(start) &&
    inflatedStart(start).toString('latin1', magic.at, magic.at + magic.text.length) === magic.text
  )
}
