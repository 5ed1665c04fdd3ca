// A field's schema → a check of everything that its type does not cover: every keyword, at every depth.
import { Kind, type TSchema, TypeGuard, TypeRegistry } from '@sinclair/typebox'
import type { Field } from '../resource/field.ts'
import type { ScalarKind } from '../resource/schema/column-type.ts'
import { quickTest } from './compiled-json-test.ts'
import { plainValue } from './plain-value.ts'
import { allOf, type Check, type Compile, described, violation } from './rules/check.ts'
import { amongCheck, choiceCheck, literals } from './rules/choice-rules.ts'
import { listCheck } from './rules/list-rules.ts'
import { decimalChecks, numberChecks, withFormat } from './rules/number-rules.ts'
import { objectCheck, recordCheck, unevaluatedCheck } from './rules/object-rules.ts'
import { formCheck, lengthCheck, textChecks } from './rules/text-rules.ts'
import { tupleCheck } from './rules/tuple-rules.ts'
import { unionCheck } from './rules/union-rules.ts'

/** Undefined if the type alone is the whole rule. */
export function compileChecker({ schema, type }: Field): Check | undefined {
  return new Compiler().compile(schema, type.kind === 'array' ? type.element : type.kind)
}

class Compiler {
  /** By `$id`: the schemas that a schema refers to, including itself. */
  private readonly known = new Map<string, { readonly schema: TSchema; check?: Check | undefined }>()

  readonly compile: Compile = (schema, kind) => {
    if (typeof schema.$id === 'string') this.known.set(schema.$id, { schema })
    // Also for a list of lists, and a list of JSON.
    if (kind !== undefined && TypeGuard.IsArray(schema)) return listCheck(schema, this.compile, kind)
    if (kind !== 'json') return this.byKind(schema, kind)
    return this.json(schema)
  }

  private json(schema: TSchema): Check | undefined {
    const check = this.byKind(schema, undefined)
    if (check === undefined) return undefined
    const passesQuickTest = quickTest(schema)
    return value => {
      const plain = plainValue(value)
      return passesQuickTest?.(plain) === true ? undefined : check(plain)
    }
  }

  private byKind(schema: TSchema, kind: ScalarKind | undefined): Check | undefined {
    const { compile } = this
    if (TypeGuard.IsAny(schema) || TypeGuard.IsUnknown(schema)) return undefined
    if (TypeGuard.IsString(schema)) return this.text(schema, kind)
    if (TypeGuard.IsNumber(schema) || TypeGuard.IsInteger(schema)) return this.number(schema, kind)
    if (TypeGuard.IsBigInt(schema)) return allOf([decimalChecks(schema), choiceCheck(schema, true)])
    if (TypeGuard.IsBoolean(schema)) {
      return allOf([ofType(schema, kind, 'boolean', 'must be true or false'), choiceCheck(schema)])
    }
    if (TypeGuard.IsNull(schema)) return isNull
    const constants = literals(schema)
    if (constants !== undefined) return amongCheck(constants)
    if (TypeGuard.IsUnion(schema)) return unionCheck(schema, compile, kind)
    if (TypeGuard.IsIntersect(schema)) {
      return allOf([...schema.allOf.map(part => compile(part, kind)), unevaluatedCheck(schema, compile)])
    }
    if (TypeGuard.IsArray(schema)) return listCheck(schema, compile)
    if (TypeGuard.IsTuple(schema)) return tupleCheck(schema, compile)
    if (TypeGuard.IsObject(schema)) return objectCheck(schema, compile)
    if (TypeGuard.IsRecord(schema)) return recordCheck(schema, compile)
    return this.rareKind(schema, kind)
  }

  private text(schema: TSchema, kind: ScalarKind | undefined): Check | undefined {
    const isNumber = schema.format === 'int64' || schema.format === 'decimal'
    return allOf([
      ofType(schema, kind, 'string', 'must be text'),
      textChecks(schema, kind),
      isNumber ? decimalChecks(schema) : undefined,
      choiceCheck(schema, isNumber),
    ])
  }

  private number(schema: TSchema, kind: ScalarKind | undefined): Check | undefined {
    return allOf([
      kind === undefined ? isNumber(schema) : undefined,
      numberChecks(withFormat(schema)),
      choiceCheck(schema),
    ])
  }

  private rareKind(schema: TSchema, kind: ScalarKind | undefined): Check | undefined {
    const isText = ofType(schema, kind, 'string', 'must be text')
    if (TypeGuard.IsTemplateLiteral(schema)) {
      return allOf([isText, formCheck(schema, new RegExp(schema.pattern), schema.pattern)])
    }
    if (TypeGuard.IsRegExp(schema)) {
      const form = new RegExp(schema.source, schema.flags)
      return allOf([isText, lengthCheck(schema), formCheck(schema, form, schema.source)])
    }
    if (TypeGuard.IsNot(schema)) {
      const check = this.compile(schema.not)
      const problem = violation(described(schema, 'has a form that is not allowed'))
      return value => (check?.(value) === undefined ? problem : undefined)
    }
    if (TypeGuard.IsImport(schema)) {
      for (const [name, part] of Object.entries(schema.$defs))
        this.known.set(name, { schema: part as TSchema })
      return this.referredTo(schema.$ref)
    }
    if (TypeGuard.IsRef(schema) || TypeGuard.IsThis(schema)) return this.referredTo(schema.$ref)
    const isOfCustomKind = TypeRegistry.Get(schema[Kind])
    const problem = violation(described(schema, 'has a form that is not allowed'))
    return value => (isOfCustomKind?.(schema, value) ? undefined : problem)
  }

  /** Compiled on first use, since a schema may refer to itself. */
  private referredTo(id: string): Check {
    return value => {
      const known = this.known.get(id)
      if (known === undefined) return undefined
      if (!('check' in known)) known.check = this.byKind(known.schema, undefined)
      return known.check?.(value)
    }
  }
}

const notNull = violation('must be null', 'type')

function isNull(value: unknown) {
  return value === null ? undefined : notNull
}

/** A type check inside JSON, where no codec has parsed the value. */
function ofType(
  schema: TSchema,
  kind: ScalarKind | undefined,
  type: string,
  words: string,
): Check | undefined {
  if (kind !== undefined) return undefined
  const problem = violation(described(schema, words), 'type')
  return value => (typeof value === type ? undefined : problem)
}

function isNumber(schema: TSchema): Check {
  const isWhole = TypeGuard.IsInteger(schema)
  const problem = violation(
    described(schema, isWhole ? 'must be a whole number' : 'must be a number'),
    'type',
  )
  // JSON has no NaN, and infinities only from numbers that are too large.
  return isWhole
    ? value => (Number.isInteger(value) ? undefined : problem)
    : value => (Number.isFinite(value) ? undefined : problem)
}
