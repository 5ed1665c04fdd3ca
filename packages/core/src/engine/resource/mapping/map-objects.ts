// JSON objects → rows: maps keys to fields, and reports unknown keys and objects without any known field.
import { defaults } from '../../../config/defaults.ts'
import { LadingError } from '../../../errors/lading-error.ts'
import { isSameWords, nearest } from '../../../util/text/suggest.ts'
import { JsonText, memberTexts } from '../../record/json-text.ts'
import { type NestedRecords, nestedRecords, printPaths } from '../../record/nested-records.ts'
import type { Note } from '../../record/note.ts'
import type { SourceRecord } from '../../record/source-record.ts'
import type { Resource } from '../define.ts'
import type { Field } from '../field.ts'
import { emptyRow, type Row, reject } from '../row.ts'
import { errorColumn, type HeaderOptions } from './header.ts'
import { fieldsByName, knownNames, mappedFields, quoteName } from './mapping.ts'
import { normalizeName } from './spelling.ts'
import { unknownColumn } from './unknown-columns.ts'

type JsonObject = Readonly<Record<string, unknown>>

/** Unknown keys that a record error names; a hostile record has hundreds. */
const maxNamedKeys = 5

/** Keys that are cached; a hostile file may have a new key in every line. */
const maxCachedKeys = 10_000

export class ObjectMapper {
  private readonly byName: ReadonlyMap<string, Field>
  private readonly isError: boolean
  /** Cache of fields by key as written in the file, so that each key is normalized once. */
  private readonly bySpelling = new Map<string, Field | null>()
  private readonly suggestions = new Map<string, string | undefined>()
  /** Names of the mapping that no record has used yet, by their normalized form. */
  private readonly unused: Map<string, string>
  private unknownNoted = 0
  private hasStarted = false

  /** @throws LadingError `OPTION_INVALID` */
  constructor(
    private readonly resource: Resource,
    private readonly options: HeaderOptions,
    private readonly onNote: (note: Note) => void,
  ) {
    const { mapping = {}, unknownColumns } = options
    this.byName = new Map([...fieldsByName(resource), ...mappedFields(resource, mapping)])
    this.isError = unknownColumns === 'error'
    this.unused = new Map(Object.keys(mapping).map(name => [normalizeName(name), name]))
  }

  private readonly known = (key: string): Field | undefined => this.byName.get(normalizeName(key))

  rowOf(source: SourceRecord, object: JsonObject): Row {
    const { resource } = this
    if (!this.hasStarted) this.noteMapping()
    const row = emptyRow(resource, source, this.known)
    const unknown: string[] = []
    let isFilled = false
    let texts: ReadonlyMap<string, string> | undefined
    const withText = (key: string, value: unknown): unknown => {
      // JavaScript objects have no source text. null means no value, as in any other field.
      if (source.raw === '' || value === null || value === undefined) return value
      texts ??= memberTexts(source.raw)
      return new JsonText(texts.get(key) ?? JSON.stringify(value), value)
    }
    for (const key of Object.keys(object)) {
      const field = this.fieldOf(key, source.rowNumber)
      if (field === null) {
        if (this.isError && normalizeName(key) !== errorColumn) unknown.push(key)
        continue
      }
      if (field.readOnly) continue
      isFilled = true
      if (row.values[field.index] !== undefined) {
        const message = `Two keys of the object stand for "${field.name}".`
        reject(resource, row, field, 'DUPLICATE_JSON_KEY', message)
      }
      row.values[field.index] = keepsText(field) ? withText(key, object[key]) : object[key]
    }
    if (unknown.length > 0) reject(resource, row, null, 'UNKNOWN_COLUMN', unknownKeys(resource, unknown))
    else if (!isFilled) reject(resource, row, null, 'NO_KNOWN_FIELD', this.noKnownField(object))
    return row
  }

  /**
   * The fault of a file that holds only this object, if the object wraps the records. Lists under the key of a field are
   * values, not records.
   */
  ifAlone(object: JsonObject): LadingError | undefined {
    const keys = Object.keys(object)
    const outside = keys.filter(key => !this.byName.has(normalizeName(key)))
    const found = nestedRecords(Object.fromEntries(outside.map(key => [key, object[key]])))
    const inside = Math.max(0, ...found.map(({ example }) => this.knownIn(Object.keys(example))))
    const known = this.knownIn(keys)
    const isMisspelt = known === 0 && inside === 0 && keys.some(key => this.isAlmostKnown(key))
    if (found.length === 0 || isMisspelt || (known > 0 && inside <= known)) return undefined
    return new LadingError('FILE_PARSE_ERROR', this.wrappedMessage(found))
  }

  /** Adds a note for each name of the mapping. A record that uses the name withdraws it. */
  private noteMapping(): void {
    this.hasStarted = true
    for (const [name, target] of Object.entries(this.options.mapping ?? {})) {
      const detail = `No record has the key "${quoteName(name)}", which the mapping maps to "${quoteName(target)}"`
      this.onNote({ code: 'MAPPING_UNUSED', rowNumber: 0, column: name, detail, holds: 'unless withdrawn' })
    }
  }

  private wrappedMessage(found: readonly NestedRecords[]): string {
    return `The file holds one object, which is not a record of ${this.resource.name}; records were found at ${printPaths(found)}. Send these records alone: as one JSON array, or as one object a line.`
  }

  private knownIn(keys: readonly string[]): number {
    return keys.filter(key => this.byName.get(normalizeName(key))?.readOnly === false).length
  }

  private isAlmostKnown(key: string): boolean {
    return knownNames(this.resource).some(name => isSameWords(name, key))
  }

  private fieldOf(key: string, rowNumber: number): Field | null {
    const known = this.bySpelling.get(key)
    if (known !== undefined) return known
    const spelt = normalizeName(key)
    const field = this.byName.get(spelt) ?? null
    const mappedName = this.unused.get(spelt)
    if (mappedName !== undefined) {
      this.unused.delete(spelt)
      this.onNote({ code: 'MAPPING_UNUSED', rowNumber, column: mappedName, holds: 'withdrawn' })
    }
    // A report shows no more than this, and a hostile file may have any number of keys.
    const isNoted = field === null && !this.isError && spelt !== errorColumn
    if (isNoted && this.unknownNoted < defaults.reportedWarnings) {
      this.unknownNoted++
      this.onNote(unknownColumn(this.resource, key, rowNumber))
    }
    if (this.bySpelling.size < maxCachedKeys) this.bySpelling.set(key, field)
    return field
  }

  private noKnownField(object: JsonObject): string {
    const { name } = this.resource
    const keys = Object.keys(object)
    if (keys.length === 0) return `The record is empty; it has no field of ${name}.`
    const named = keys.slice(0, maxNamedKeys).map(key => `"${quoteName(key)}"${this.hintFor(key)}`)
    const more = keys.length - named.length
    const list = `${named.join(', ')}${more > 0 ? ` and ${more} more` : ''}`
    const found = nestedRecords(object)
    const nested = found.length === 0 ? '' : ` Records were found inside of it, at ${printPaths(found)}.`
    const isReadOnly = keys.some(key => this.byName.has(normalizeName(key)))
    const what = isReadOnly ? `a field of ${name} that can be imported` : `a field of ${name}`
    return `No key of the record is ${what}: ${list}. Rename the keys, or map them.${nested}`
  }

  private hintFor(key: string): string {
    if (this.byName.has(normalizeName(key))) return ' (read only)'
    const suggestion = this.suggestionFor(key)
    return suggestion === undefined ? '' : ` (did you mean "${quoteName(suggestion)}"?)`
  }

  private suggestionFor(key: string): string | undefined {
    if (!this.suggestions.has(key)) {
      if (this.suggestions.size >= maxCachedKeys) return undefined
      this.suggestions.set(key, nearest(key, knownNames(this.resource)))
    }
    return this.suggestions.get(key)
  }
}

function keepsText({ type }: Field): boolean {
  return (type.kind === 'array' ? type.element : type.kind) === 'json'
}

function unknownKeys({ name }: Resource, keys: readonly string[]): string {
  const named = keys.slice(0, maxNamedKeys).map(key => `"${quoteName(key)}"`)
  const more = keys.length - named.length
  const list = `${named.join(', ')}${more > 0 ? ` and ${more} more` : ''}`
  return keys.length === 1
    ? `The key ${list} is not a field of ${name}; remove or map it.`
    : `The keys ${list} are not fields of ${name}; remove or map them.`
}
