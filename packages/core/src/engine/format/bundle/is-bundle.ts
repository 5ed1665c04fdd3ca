// What is known of a file → whether it is a bundle: as told, else by its name or its first bytes.
import { type FileFacts, inflatedStart } from '../detect/detect.ts'
import { isGzip } from '../detect/magic.ts'

/** How a caller calls a bundle where a format is asked for. */
export const bundleFormat = 'bundle'

/** POSIX.1, ustar: behind the names and numbers of the first header. */
const magic = { text: 'ustar', at: 257 }

/** What was told stands, even where the bytes say something else. */
export function isBundle({ format, fileName = '', start }: FileFacts): boolean {
  if (format !== undefined) return format === bundleFormat
  if (/\.(tar\.gz|tgz)$/i.test(fileName)) return true
  return (
    isGzip(start) &&
    inflatedStart(start).toString('latin1', magic.at, magic.at + magic.text.length) === magic.text
  )
}
