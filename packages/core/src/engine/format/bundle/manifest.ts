// The manifest of a bundle: what files it holds, of which resources, and how each is known to be whole.
import { type Static, Type } from '@sinclair/typebox'
import { Value } from '@sinclair/typebox/value'
import { LadingError } from '../../../errors/lading-error.ts'

/** The name of the first entry. */
export const manifestName = 'manifest.json'

/** Of the layout of bundles. A reader refuses any other. */
export const bundleVersion = 1

/** Bytes of a manifest: a thousand resources of a hundred fields have half of it. */
export const maxManifestBytes = 8 * 1024 * 1024

const fieldOf = Type.Object({
  name: Type.String({ minLength: 1, maxLength: 63 }),
  /** Kind of its column type; `text[]` for a list. */
  type: Type.String({ minLength: 1, maxLength: 32 }),
  /** Its texts are stars in part: no values to be read back. */
  masked: Type.Optional(Type.Boolean()),
})

const entry = Type.Object({
  resource: Type.String({ pattern: '^[a-z][a-z0-9_-]{0,62}$' }),
  /** Name of the entry in the archive. */
  file: Type.String({ pattern: '^[a-z][a-z0-9_-]{0,62}\\.(ndjson|csv)$' }),
  format: Type.Union([Type.Literal('ndjson'), Type.Literal('csv')]),
  rows: Type.Integer({ minimum: 0 }),
  bytes: Type.Integer({ minimum: 0 }),
  sha256: Type.String({ pattern: '^[0-9a-f]{64}$' }),
  /** Of the definition that printed it: equal ones read it back as it was. */
  fingerprint: Type.String({ pattern: '^[0-9a-f]{64}$' }),
  fields: Type.Array(fieldOf, { minItems: 1, maxItems: 2_000 }),
})

const manifest = Type.Object({
  lading_bundle: Type.Literal(bundleVersion),
  /** Version of the library that made it, for people. */
  lading_version: Type.String({ maxLength: 64 }),
  /** The moment of the snapshot, by the database's clock. */
  created_at: Type.String({ maxLength: 40 }),
  format: entry.properties.format,
  /** In the order in which they can be imported: what is referred to comes first. */
  entries: Type.Array(entry, { minItems: 1, maxItems: 1_000 }),
})

export type Manifest = Static<typeof manifest>
export type ManifestEntry = Static<typeof entry>
export type ManifestField = Static<typeof fieldOf>

/** How the manifest calls the type of a field: `integer`, `text[]` for a list, `text[][]` for one of two dimensions. */
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

/** @throws LadingError `BUNDLE_INVALID` saying what is wrong with it */
export function parseManifest(bytes: Buffer): Manifest {
  const value = parsed(bytes)
  const version =
    typeof value === 'object' && value !== null && 'lading_bundle' in value && value.lading_bundle
  if (Number.isInteger(version) && version !== bundleVersion) {
    throw broken(
      `it is of version ${version}, and this one reads version ${bundleVersion}; import it with the Lading that made it`,
    )
  }
  if (!Value.Check(manifest, value)) {
    const path = Value.Errors(manifest, value).First()?.path ?? ''
    throw broken(`its ${manifestName} is none of a bundle${path === '' ? '' : `, at ${path.slice(0, 100)}`}`)
  }
  for (const name of ['resource', 'file'] as const) {
    const twice = value.entries.find(
      (one, index) => value.entries.findIndex(other => other[name] === one[name]) < index,
    )
    if (twice !== undefined) throw broken(`its ${manifestName} names the ${name} "${twice[name]}" twice`)
  }
  return value
}

function parsed(bytes: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch (error) {
    throw broken(`its ${manifestName} is no JSON`, error)
  }
}

/** @param problem the end of a sentence about the bundle */
export function broken(problem: string, cause?: unknown): LadingError {
  return new LadingError(
    'BUNDLE_INVALID',
    `The bundle cannot be read: ${problem}. Nothing of it was imported.`,
    {
      cause,
    },
  )
}
