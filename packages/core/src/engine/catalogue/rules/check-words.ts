// A CHECK → its meaning in words: comparisons, lists, lengths, patterns. Undefined for anything else.
import { listValues } from '../../../util/text/one-of.ts'
import { type Expression, parseExpression } from './expression.ts'

export interface CheckWords {
  /** Columns that the CHECK names; `VALUE` for the value of a domain. */
  readonly columns: readonly string[]
  /** Returns the sentence without its full stop. @param name the display name of a column or of a domain's value */
  say(name: (column: string) => string): string
}

/** @param check as `pg_get_expr` prints it. @param typeOf the type of a column, by its internal name */
export function checkWords(
  check: string,
  typeOf: (column: string) => string | undefined,
): CheckWords | undefined {
  const expression = parseExpression(check)
  const clauses = expression && clausesOf(expression, column => temporal.test(typeOf(column) ?? ''))
  if (clauses === undefined || clauses.length === 0) return undefined
  const columns = [...new Set(clauses.flatMap(clause => clause.columns))]
  return { columns, say: name => sentence(clauses, name) }
}

type Name = (column: string) => string
type IsTemporal = (column: string) => boolean

interface Clause {
  /** The first one is the subject. */
  readonly columns: readonly string[]
  /** The predicate that follows the subject and "must", or a whole sentence. */
  readonly say: (name: Name) => string
  readonly isWhole?: true
}

const temporal = /^(?:date|time|timetz|timestamp|timestamptz|timestamp with.*|time with.*)$/

/** Length in characters: a longer pattern helps no more than the name of the rule. */
const maxLength = 200

function sentence(clauses: readonly Clause[], name: Name): string {
  const bySubject = new Map<string, string[]>()
  const wholes: string[] = []
  for (const { columns, say, isWhole } of clauses) {
    const subject = columns[0] ?? ''
    if (isWhole) wholes.push(say(name))
    else bySubject.set(subject, [...(bySubject.get(subject) ?? []), say(name)])
  }
  const parts = [...bySubject].map(([subject, predicates]) => `${name(subject)} must ${joined(predicates)}`)
  return [...wholes, ...parts].join(', and ')
}

/** `be at least 1` and `be at most 5` → `be at least 1 and at most 5`. */
function joined(predicates: readonly string[]): string {
  // Any other predicate implies that there is a value.
  const others = predicates.filter(predicate => predicate !== present)
  const shown = others.length === 0 ? [present] : others
  return shown
    .map((predicate, index) => {
      const verb = /^(?:be|have) /.exec(predicate)?.[0] ?? '-'
      return shown[index - 1]?.startsWith(verb) ? predicate.slice(verb.length) : predicate
    })
    .join(' and ')
}

const present = 'have a value'

/** Returns undefined if any part cannot be put into words. */
function clausesOf(expression: Expression, isTemporal: IsTemporal): readonly Clause[] | undefined {
  switch (expression.kind) {
    case 'and': {
      const parts = expression.of.map(part => clausesOf(part, isTemporal))
      return parts.every(part => part !== undefined) ? parts.flat() : undefined
    }
    case 'or': {
      // A CHECK passes for null anyway.
      const parts = expression.of.filter(part => part.kind !== 'is' || part.what !== 'NULL')
      return parts.length === 1 && parts[0] !== undefined ? clausesOf(parts[0], isTemporal) : undefined
    }
    case 'not':
      return about(expression.of[0], 'be false')
    case 'column':
      return about(expression, 'be true')
    case 'is':
      return about(expression.of, isWords.get(expression.what))
    case 'among': {
      const items = expression.items.map(constantText)
      if (items.some(item => item === undefined)) return undefined
      return about(expression.of, `be ${expression.isNot ? 'none' : 'one'} of ${listValues(items)}`)
    }
    case 'operation':
      return comparison(expression, isTemporal)
    default:
      return undefined
  }
}

const isWords: ReadonlyMap<string, string> = new Map([
  ['NOT NULL', present],
  ['TRUE', 'be true'],
  ['FALSE', 'be false'],
  ['NOT TRUE', 'not be true'],
  ['NOT FALSE', 'not be false'],
])

function about(of: Expression | undefined, predicate: string | undefined): readonly Clause[] | undefined {
  if (of?.kind !== 'column' || predicate === undefined) return undefined
  return [{ columns: [of.name], say: () => predicate }]
}

function short(text: string): string | undefined {
  return text.length > maxLength ? undefined : text
}

const orders: ReadonlyMap<string, readonly [number: (x: string) => string, time: (x: string) => string]> =
  new Map([
    ['>', [x => `be greater than ${x}`, x => `be later than ${x}`]],
    ['>=', [x => `be at least ${x}`, x => `be ${x} or later`]],
    ['<', [x => `be less than ${x}`, x => `be earlier than ${x}`]],
    ['<=', [x => `be at most ${x}`, x => `be ${x} or earlier`]],
    ['=', [x => `be ${x}`, x => `be ${x}`]],
    ['<>', [x => `not be ${x}`, x => `not be ${x}`]],
  ])

const patterns: ReadonlyMap<string, (pattern: string) => string> = new Map([
  ['~', pattern => `match ${pattern}`],
  ['~*', pattern => `match ${pattern} without regard to case`],
  ['!~', pattern => `not match ${pattern}`],
  ['!~*', pattern => `not match ${pattern} without regard to case`],
  ['~~', pattern => `be like ${pattern}`],
  ['!~~', pattern => `not be like ${pattern}`],
])

type Operation = Extract<Expression, { kind: 'operation' }>

function comparison({ operator, left, right }: Operation, isTemporal: IsTemporal) {
  const text = constantText(right)
  if (left.kind === 'call') return aboutCall(left, operator, right)
  if (left.kind === 'operation') return aboutMultiple(left, operator, text)
  if (left.kind !== 'column') return undefined
  const order = orders.get(operator)
  if (right.kind === 'column') {
    const say = order?.[isTemporal(left.name) ? 1 : 0]
    if (say === undefined) return undefined
    const clause: Clause = { columns: [left.name, right.name], say: name => say(name(right.name)) }
    return [clause]
  }
  if (text === undefined) return undefined
  if (operator === '<>' && text === '') return about(left, 'not be empty')
  const isTime = right.kind !== 'constant' || temporal.test(right.type ?? '') || times.has(right.text)
  const words = order?.[isTime || isTemporal(left.name) ? 1 : 0]
  // `listed` quotes a value with a comma, which would look like two.
  if (words !== undefined) return about(left, words(listValues([text])))
  const pattern = patterns.get(operator)
  return about(left, pattern && short(pattern(text)))
}

const times: ReadonlyMap<string, string> = new Map([
  ['CURRENT_DATE', 'today'],
  ['CURRENT_TIMESTAMP', 'now'],
  ['LOCALTIMESTAMP', 'now'],
])

function constantText(expression: Expression): string | undefined {
  if (expression.kind === 'call' && expression.name === 'now' && expression.of.length === 0) return 'now'
  if (expression.kind !== 'constant') return undefined
  return expression.type === undefined ? (times.get(expression.text) ?? expression.text) : expression.text
}

/** The unit that a function counts. */
const counted: ReadonlyMap<string, string> = new Map([
  ['length', 'character'],
  ['char_length', 'character'],
  ['character_length', 'character'],
  ['octet_length', 'byte'],
  ['cardinality', 'element'],
  ['array_length', 'element'],
])

const counts: ReadonlyMap<string, string> = new Map([
  ['>', 'more than'],
  ['>=', 'at least'],
  ['<', 'fewer than'],
  ['<=', 'at most'],
  ['=', 'exactly'],
])

const foldings: ReadonlyMap<string, string> = new Map([
  ['lower', 'be in lower case'],
  ['upper', 'be in upper case'],
])

function aboutCall(
  { name, of }: Extract<Expression, { kind: 'call' }>,
  operator: string,
  right: Expression,
): readonly Clause[] | undefined {
  const [first] = of
  const text = constantText(right)
  if (name === 'num_nonnulls') return aboutNonNulls(of, operator, text)
  const unit = counted.get(name)
  const count = counts.get(operator)
  if (unit !== undefined && count !== undefined && text !== undefined) {
    return about(first, `have ${count} ${text} ${unit}${text === '1' ? '' : 's'}`)
  }
  if ((name === 'btrim' || name === 'trim') && of.length === 1 && operator === '<>' && text === '') {
    return about(first, 'not be blank')
  }
  const isSame = first?.kind === 'column' && right.kind === 'column' && first.name === right.name
  return isSame && operator === '=' ? about(first, foldings.get(name)) : undefined
}

function aboutNonNulls(of: readonly Expression[], operator: string, text: string | undefined) {
  const columns = of.flatMap(part => (part.kind === 'column' ? [part.name] : []))
  const count = counts.get(operator)
  if (columns.length < of.length || text !== '1' || count === undefined) return undefined
  const clause: Clause = {
    columns,
    isWhole: true,
    say: name => {
      const words = `${count} one of ${and(columns.map(name))} must have a value`
      return `${words[0]?.toUpperCase()}${words.slice(1)}`
    },
  }
  return [clause]
}

/** Such as `(a % 5) = 0`. */
function aboutMultiple(
  { operator: inner, left, right }: Operation,
  operator: string,
  text: string | undefined,
) {
  const step = constantText(right)
  if (inner !== '%' || operator !== '=' || text !== '0' || step === undefined) return undefined
  return about(left, `be a multiple of ${step}`)
}

/** Joins names: `a`, `a and b`, `a, b and c`. */
export function and(names: readonly string[], word = 'and'): string {
  const last = names.at(-1) ?? ''
  return names.length < 2 ? last : `${names.slice(0, -1).join(', ')} ${word} ${last}`
}
