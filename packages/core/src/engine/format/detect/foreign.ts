// A file that is no CSV, NDJSON or JSON → what it is and what to do with it, by its first bytes, its name or its content type.
import { type ForeignKind, foreignKinds } from './foreign-kinds.ts'

export type { ForeignKind }

const containers = { zip: 'PK\x03\x04', ole: '\xd0\xcf\x11\xe0' } as const
type Container = keyof typeof containers

/** What a container may be, where nothing that is seen of it tells which. */
const ambiguous: Readonly<Record<Container, ForeignKind>> = {
  zip: {
    is: 'a ZIP archive or an Office document, such as an Excel workbook (.xlsx)',
    advice: 'Save a workbook as "CSV UTF-8 (comma delimited)", unpack an archive, and import that file.',
  },
  ole: {
    is: 'an old Office document, such as an Excel workbook (.xls)',
    advice: 'Open it, save the sheet as "CSV UTF-8 (comma delimited)", and import that file.',
  },
}

/** Bytes that tell a kind; the names of the parts of an Office document stand further behind, and so does `<html`. */
const enough = 64
const enoughOfMarkup = 1024
const enoughOfContainer = 4096

/** How many first bytes are needed to tell, by those that have come. */
export function bytesNeeded(start: Buffer): number {
  if (start.length < enough) return enough
  if (containerOf(start) !== undefined) return enoughOfContainer
  return wordsOf(start).startsWith('<') ? enoughOfMarkup : enough
}

/** What the first bytes prove a file to be; undefined for one that may be text. */
export function foreignByBytes(start: Buffer): ForeignKind | undefined {
  const container = containerOf(start)
  if (container !== undefined) return inside(start, container) ?? ambiguous[container]
  const raw = start.toString('latin1', 0, enough)
  const words = wordsOf(start)
  return foreignKinds.find(
    ({ bytes = [], text }) => bytes.some(one => raw.startsWith(one)) || text?.test(words) === true,
  )
}

/** What its ending says a file is, also before `.gz`. */
export function foreignByName(fileName: string): ForeignKind | undefined {
  const ending = /\.([a-z0-9]+)(?:\.gz)?$/i.exec(fileName)?.[1]?.toLowerCase()
  return (ending && foreignKinds.find(({ endings }) => endings?.includes(ending))) || undefined
}

/** @param mediaType without parameters, in lower case */
export function foreignByType(mediaType: string): ForeignKind | undefined {
  const beginsWith = (type: string) =>
    mediaType === type || (/[./]$/.test(type) && mediaType.startsWith(type))
  return foreignKinds.find(({ types }) => types?.some(beginsWith))
}

/** By the bytes; where they only tell that it is a container, the name may tell which. */
export function foreignKind({
  start,
  fileName = '',
}: {
  readonly start: Buffer
  readonly fileName?: string | undefined
}): ForeignKind | undefined {
  const container = containerOf(start)
  const byBytes = foreignByBytes(start)
  const byName = foreignByName(fileName)
  const isVague = container !== undefined && byBytes === ambiguous[container]
  return isVague && byName?.inside?.container === container ? byName : byBytes
}

/** `The file is an Excel workbook. Open it, save …` */
export function foreignSentence({ is, advice }: ForeignKind): string {
  return `The file is ${is}. ${advice}`
}

function containerOf(start: Buffer): Container | undefined {
  const mark = start.toString('latin1', 0, 4)
  return mark === containers.zip ? 'zip' : mark === containers.ole ? 'ole' : undefined
}

function inside(start: Buffer, container: Container): ForeignKind | undefined {
  const text = start.toString('latin1', 0, enoughOfContainer)
  const found = foreignKinds.find(
    ({ inside }) => inside?.container === container && inside.found?.test(text) === true,
  )
  const isPlain = container === 'zip' && !text.includes('[Content_Types].xml') && isArchive(start)
  return found ?? (isPlain ? foreignByName('.zip') : undefined)
}

/** Names with which the archives begin that documents are. */
const ofDocuments =
  /^(?:\[Content_Types\]|_rels|docProps|customXml|xl|word|ppt|mimetype|META-INF|Index|Metadata|Data|preview)/i

/** By the name of its first file (APPNOTE.TXT, 4.3.7). */
function isArchive(start: Buffer): boolean {
  if (start.length < 30) return false
  const name = start.toString('latin1', 30, 30 + start.readUInt16LE(26))
  return name !== '' && !ofDocuments.test(name)
}

/** Text behind a byte order mark and white space. */
function wordsOf(start: Buffer): string {
  return start.toString('latin1', 0, enoughOfMarkup).replace(/^(?:\xef\xbb\xbf)?\s*/, '')
}
