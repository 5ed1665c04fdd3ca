// The name of a file → Content-Disposition, for clients of any age (RFC 6266, RFC 8187).
import { create } from 'content-disposition'

/** @param name without folders and control characters; see `jobs/submit/file-name.ts` */
export function attachment(name: string): string {
  // Most names are this plain, and old clients handle a quoted string best.
  if (/^[A-Za-z0-9 ._-]+$/.test(name)) return `attachment; filename="${name}"`
  // A client that does not know `filename*` gets an ASCII fallback.
  const ascii = name.replace(/[^A-Za-z0-9 ._-]+/g, '_')
  return create(name, { fallback: ascii })
}
