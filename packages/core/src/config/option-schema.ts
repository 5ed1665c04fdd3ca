// Builders for schemas of options, and the names of options on the wire.
import {
  type SchemaOptions,
  type TObject,
  type TOptional,
  type TSchema,
  type TUnsafe,
  Type,
} from '@sinclair/typebox'

/** What a schema of an option always says. */
export interface OptionNotes extends SchemaOptions {
  readonly description: string
}

/** One of these texts. */
export function choice<const Values extends readonly string[]>(
  values: Values,
  notes: OptionNotes,
): TUnsafe<Values[number]> {
  return Type.Unsafe<Values[number]>(
    Type.Union(
      values.map(value => Type.Literal(value)),
      notes,
    ),
  )
}

/** True or false; false if absent. */
export function flag(description: string) {
  return Type.Optional(Type.Boolean({ description, default: false }))
}

export function optionalText(description: string) {
  return Type.Optional(Type.String({ description }))
}

/** The defaults of the options that state one. */
export function defaultsOf({ properties }: TObject): Readonly<Record<string, unknown>> {
  const stated = Object.entries(properties).filter(([, property]) => property.default !== undefined)
  return Object.fromEntries(stated.map(([name, property]) => [name, property.default]))
}

/** `onConflict` → `on_conflict`. */
export function wireName<const Name extends string>(name: Name): WireName<Name> {
  // The type does the same.
  return name.replace(/[A-Z]/g, letter => `_${letter.toLowerCase()}`) as WireName<Name>
}

export type WireName<Name extends string> = Name extends `${infer First}${infer Rest}`
  ? `${First extends Lowercase<First> ? First : `_${Lowercase<First>}`}${WireName<Rest>}`
  : ''

/** The properties of a schema by their names on the wire; those in `Texts` are texts there, which a reader converts. */
export type WireProperties<Properties extends Record<string, TSchema>, Texts> = {
  [Name in keyof Properties & string as WireName<Name>]: Name extends keyof Texts
    ? TOptional<ReturnType<typeof Type.String>>
    : Properties[Name]
}

/** @param texts descriptions of the options that are texts on the wire */
export function wireProperties<
  Properties extends Record<string, TSchema>,
  Texts extends Readonly<Record<string, { readonly description: string }>>,
>(properties: Properties, texts: Texts): WireProperties<Properties, Texts> {
  const entries = Object.entries(properties).map(([name, property]) => {
    const description = Object.hasOwn(texts, name) ? texts[name]?.description : undefined
    return [wireName(name), description === undefined ? property : optionalText(description)]
  })
  // Each entry is what the type says of its name.
  return Object.fromEntries(entries) as WireProperties<Properties, Texts>
}
