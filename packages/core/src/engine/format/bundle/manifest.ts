// The manifest of a bundle: lists its files, their resources, and their sizes and checksums.
import { type Static, Type } from '@sinclair/typebox'
import { Value } from '@sinclair/typebox/value'
import { LadingError } from '../../../errors/lading-error.ts'

/** Name of the first entry in the archive. */
export const manifestName = 'manifest.json'

/** Version of the bundle layout. A reader rejects any other. */
export const bundleVersion = 1

/** Maximum size of a manifest in bytes. A thousand resources with a hundred fields each need half of it. */
export const maxManifestBytes = 8 * 1024 * 1024

const fieldSchema = Type.Object({
  name: Type.String({ minLength: 1, maxLength: 63 }),
  /** Kind of the column type, such as `text`; `text[]` for a list. */
  type: Type.String({ minLength: 1, maxLength: 32 }),
  /** The values are partly masked with asterisks and cannot be imported again. */
  masked: Type.Optional(Type.Boolean()),
})

const entrySchema = Type.Object({
  resource: Type.String({ pattern: '^[a-z][a-z0-9_-]{0,62}$' }),
  /** Name of the entry in the archive. */
  file: Type.String({ pattern: '^[a-z][a-z0-9_-]{0,62}\\.(ndjson|csv)$' }),
  format: Type.Union([Type.Literal('ndjson'), Type.Literal('csv')]),
  rows: Type.Integer({ minimum: 0 }),
  bytes: Type.Integer({ minimum: 0 }),
  sha256: Type.String({ pattern: '^[0-9a-f]{64}$' }),
  /** Fingerprint of the resource definition that exported it. A definition with the same fingerprint restores it exactly. */
  fingerprint: Type.String({ pattern: '^[0-9a-f]{64}$' }),
  fields: Type.Array(fieldSchema, { minItems: 1, maxItems: 2_000 }),
})

const manifestSchema = Type.Object({
  lading_bundle: Type.Literal(bundleVersion),
  /** Version of the library that wrote the bundle, for information only. */
  lading_version: Type.String({ maxLength: 64 }),
  /** Time of the snapshot, by the database's clock. */
  created_at: Type.String({ maxLength: 40 }),
  format: entrySchema.properties.format,
  /** In import order: a referenced resource comes before those that refer to it. */
  entries: Type.Array(entrySchema, { minItems: 1, maxItems: 1_000 }),
})

export type Manifest = Static<typeof manifestSchema>
export type ManifestEntry = Static<typeof entrySchema>
export type ManifestField = Static<typeof fieldSchema>

/** Name of a field's type in the manifest: `integer`, `text[]` for a list, `text[][]` for a two-dimensional one. */
export function typeName({ kind, element, dimensions = 1 }: NamedType): string {
  return element === undefined ? kind : `${element}${'[]'.repeat(dimensions)}`
}

interface NamedType {
  readonly kind: string
  readonly element?: string
  readonly dimensions?: number
}

export function printManifest(value: Manifest): Buffer {
  return Buffer.from(`${JSON.stringify(value, null, 2)}\n`)
}

/** @throws LadingError `BUNDLE_INVALID` if the manifest is not valid */
export function parseManifest(bytes: Buffer): Manifest {
  const value = parseJson(bytes)
  const version =
    typeof value === 'object' && value !== null && 'lading_bundle' in value && value.lading_bundle
  if (Number.isInteger(version) && version !== bundleVersion) {
    throw invalidBundle(
      `it has version ${version}, but this release reads version ${bundleVersion}; import it with the release of Lading that wrote it`,
    )
  }
  if (!Value.Check(manifestSchema, value)) {
    const path = Value.Errors(manifestSchema, value).First()?.path ?? ''
    throw invalidBundle(
      `its ${manifestName} is not a bundle manifest${path === '' ? '' : `, at ${path.slice(0, 100)}`}`,
    )
  }
  for (const name of ['resource', 'file'] as const) {
    const duplicate = value.entries.find(
      (one, index) => value.entries.findIndex(other => other[name] === one[name]) < index,
    )
    if (duplicate !== undefined) {
      throw invalidBundle(`its ${manifestName} names the ${name} "${duplicate[name]}" twice`)
    }
  }
  return value
}

function parseJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch (error) {
    throw invalidBundle(`its ${manifestName} is not valid JSON`, error)
  }
}

/** @param problem rest of the sentence "The bundle cannot be read: …" */
export function invalidBundle(problem: string, cause?: unknown): LadingError {
  return new LadingError('BUNDLE_INVALID', `The bundle cannot be read: ${problem}. Nothing was imported.`, {
    cause,
  })
}
