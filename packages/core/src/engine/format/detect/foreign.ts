// An unsupported file → what it is and what to do with it, by its first bytes, name, or content type.
import { unsupportedFileKinds } from './foreign-kinds.ts'
import type { UnsupportedFileKind } from './unsupported-file-kind.ts'

const containers = { zip: 'PK\x03\x04', ole: '\xd0\xcf\x11\xe0' } as const
type Container = keyof typeof containers

/** What a container may be if its visible content does not show which. */
const ambiguous: Readonly<Record<Container, UnsupportedFileKind>> = {
  zip: {
    label: 'a ZIP archive or an Office document, such as an Excel workbook (.xlsx)',
    advice: 'Save a workbook as "CSV UTF-8 (comma delimited)", unpack an archive, and import that file.',
  },
  ole: {
    label: 'an old Office document, such as an Excel workbook (.xls)',
    advice: 'Open it, save the sheet as "CSV UTF-8 (comma delimited)", and import that file.',
  },
}

/** Bytes needed to recognize a kind. Markup needs more for `<html`, and Office documents for the names of their parts. */
const signatureBytes = 64
const markupBytes = 1024
const containerBytes = 4096

/** Bytes needed to recognize the kind, judging by the bytes received so far. */
export function bytesNeeded(start: Buffer): number {
  if (start.length < signatureBytes) return signatureBytes
  if (containerOf(start) !== undefined) return containerBytes
  return textOf(start).startsWith('<') ? markupBytes : signatureBytes
}

/** The kind that the first bytes prove; undefined for a file that may be text. */
export function foreignByBytes(start: Buffer): UnsupportedFileKind | undefined {
  const container = containerOf(start)
  if (container !== undefined) return inside(start, container) ?? ambiguous[container]
  const raw = start.toString('latin1', 0, signatureBytes)
  const startText = textOf(start)
  return unsupportedFileKinds.find(
    ({ signatures = [], text }) =>
      signatures.some(one => raw.startsWith(one)) || text?.test(startText) === true,
  )
}

/** The kind that the file extension implies, also before `.gz`. */
export function foreignByName(fileName: string): UnsupportedFileKind | undefined {
  const extension = /\.([a-z0-9]+)(?:\.gz)?$/i.exec(fileName)?.[1]?.toLowerCase()
  return (
    (extension && unsupportedFileKinds.find(({ extensions }) => extensions?.includes(extension))) || undefined
  )
}

/** @param mediaType without parameters, in lower case */
export function foreignByType(mediaType: string): UnsupportedFileKind | undefined {
  const matches = (type: string) => mediaType === type || (/[./]$/.test(type) && mediaType.startsWith(type))
  return unsupportedFileKinds.find(({ mediaTypes }) => mediaTypes?.some(matches))
}

/** The kind by the first bytes. If they only show a container, the file name may show which kind it is. */
export function foreignKind({
  start,
  fileName = '',
}: {
  readonly start: Buffer
  readonly fileName?: string | undefined
}): UnsupportedFileKind | undefined {
  const container = containerOf(start)
  const byBytes = foreignByBytes(start)
  const byName = foreignByName(fileName)
  const isAmbiguous = container !== undefined && byBytes === ambiguous[container]
  return isAmbiguous && byName?.inside?.container === container ? byName : byBytes
}

/** `The file is an Excel workbook. Open it, save …` */
export function unsupportedFileMessage({ label, advice }: UnsupportedFileKind): string {
  return `The file is ${label}. ${advice}`
}

function containerOf(start: Buffer): Container | undefined {
  const mark = start.toString('latin1', 0, 4)
  return mark === containers.zip ? 'zip' : mark === containers.ole ? 'ole' : undefined
}

function inside(start: Buffer, container: Container): UnsupportedFileKind | undefined {
  const text = start.toString('latin1', 0, containerBytes)
  const found = unsupportedFileKinds.find(
    ({ inside }) => inside?.container === container && inside.found?.test(text) === true,
  )
  const isPlain = container === 'zip' && !text.includes('[Content_Types].xml') && isArchive(start)
  return found ?? (isPlain ? foreignByName('.zip') : undefined)
}

/** Names of the first file in an archive that is a document. */
const documentParts =
  /^(?:\[Content_Types\]|_rels|docProps|customXml|xl|word|ppt|mimetype|META-INF|Index|Metadata|Data|preview)/i

/** Whether a ZIP file is a plain archive, by the name of its first file (APPNOTE.TXT, 4.3.7). */
function isArchive(start: Buffer): boolean {
  if (start.length < 30) return false
  const name = start.toString('latin1', 30, 30 + start.readUInt16LE(26))
  return name !== '' && !documentParts.test(name)
}

/** Text after a byte order mark and white space. */
function textOf(start: Buffer): string {
  return start.toString('latin1', 0, markupBytes).replace(/^(?:\xef\xbb\xbf)?\s*/, '')
}
