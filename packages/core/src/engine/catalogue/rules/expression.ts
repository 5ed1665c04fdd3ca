// An expression as PostgreSQL prints it → its syntax tree, if the expression is simple.

export type Expression =
  | { readonly kind: 'column'; readonly name: string }
  /** @property type as it was cast to; undefined for a bare number, `true` and the like */
  | { readonly kind: 'constant'; readonly text: string; readonly type: string | undefined }
  | { readonly kind: 'call'; readonly name: string; readonly of: readonly Expression[] }
  | {
      readonly kind: 'operation'
      readonly operator: string
      readonly left: Expression
      readonly right: Expression
    }
  /** `= any (…)`, or `<> all (…)`. */
  | { readonly kind: 'among'; readonly isNot: boolean; readonly of: Expression; readonly items: Items }
  | { readonly kind: 'is'; readonly what: string; readonly of: Expression }
  | { readonly kind: 'and' | 'or' | 'not'; readonly of: Items }
  | { readonly kind: 'list'; readonly of: Items }

type Items = readonly Expression[]

/** Returns undefined for an expression that is not simple. @param text the output of `pg_get_expr` */
export function parseExpression(text: string): Expression | undefined {
  try {
    return new Parser(tokensOf(text)).whole()
  } catch (error) {
    if (error instanceof NotSimple) return undefined
    throw error
  }
}

/** Returns the columns that an expression reads, in order of appearance. @param names columns of the table */
export function columnsIn(text: string, names: readonly string[]): readonly string[] {
  const tokens = tokensOf(text)
  const found = tokens.flatMap((token, index) => {
    const isName =
      token.kind === 'name' && tokens[index - 1]?.text !== '::' && tokens[index + 1]?.text !== '('
    return isName && names.includes(token.text) ? [token.text] : []
  })
  return [...new Set(found)]
}

interface Token {
  readonly kind: 'name' | 'string' | 'number' | 'symbol'
  readonly text: string
  /** A name that was not quoted. */
  readonly isWord?: boolean
}

const patterns =
  /"((?:[^"]|"")+)"|'((?:[^']|'')*)'|([A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*)|(\d+(?:\.\d*)?(?:[eE][+-]?\d+)?|\.\d+)|(::|[-+*/<>=~!@#%^&|`?]+|[()[\],.])/g

function tokensOf(text: string): readonly Token[] {
  return [...text.matchAll(patterns)].map(([, quoted, string, word, number, symbol]): Token => {
    if (quoted !== undefined) return { kind: 'name', text: quoted.replaceAll('""', '"') }
    if (string !== undefined) return { kind: 'string', text: string.replaceAll("''", "'") }
    if (word !== undefined) return { kind: 'name', text: word, isWord: true }
    if (number !== undefined) return { kind: 'number', text: number }
    return { kind: 'symbol', text: symbol ?? '' }
  })
}

class NotSimple extends Error {}

/** Words that can follow the first word of a type name. */
const typeWords = new Set(['varying', 'precision', 'with', 'without', 'time', 'zone'])
const constants = new Set(['true', 'false', 'CURRENT_DATE', 'CURRENT_TIMESTAMP', 'LOCALTIMESTAMP'])

class Parser {
  private at = 0

  constructor(private readonly tokens: readonly Token[]) {}

  whole(): Expression {
    const expression = this.or()
    if (this.at < this.tokens.length) throw new NotSimple()
    return expression
  }

  private or(): Expression {
    return this.chain('or', () => this.chain('and', () => this.not()))
  }

  private chain(kind: 'and' | 'or', next: () => Expression): Expression {
    const of = [next()]
    while (this.takesWord(kind.toUpperCase())) of.push(next())
    return of.length === 1 && of[0] !== undefined ? of[0] : { kind, of }
  }

  private not(): Expression {
    return this.takesWord('NOT') ? { kind: 'not', of: [this.not()] } : this.test()
  }

  private test(): Expression {
    const of = this.operation()
    if (!this.takesWord('IS')) return of
    const what: string[] = []
    while (this.tokens[this.at]?.isWord === true) what.push(this.take().text)
    return { kind: 'is', what: what.join(' '), of }
  }

  private operation(): Expression {
    const left = this.operand()
    const { kind, text: operator } = this.tokens[this.at] ?? {}
    if (kind !== 'symbol' || operator === undefined || !/^[-+*/<>=~!@#%^&|`?]+$/.test(operator)) return left
    this.at++
    const isAny = operator === '=' && this.takesWord('ANY')
    if (!isAny && !(operator === '<>' && this.takesWord('ALL'))) {
      return { kind: 'operation', operator, left, right: this.operand() }
    }
    const right = this.operand()
    if (right.kind !== 'list') throw new NotSimple()
    return { kind: 'among', isNot: !isAny, of: left, items: right.of }
  }

  private operand(): Expression {
    let expression = this.primary()
    while (this.takes('::')) {
      const type = this.type()
      // Only the cast of a constant is informative.
      if (expression.kind === 'constant') expression = { ...expression, type }
    }
    return expression
  }

  private type(): string {
    const words = [this.name().text]
    if (this.takes('.')) words.splice(0, 1, this.name().text)
    while (typeWords.has(this.tokens[this.at]?.text ?? '')) words.push(this.take().text)
    if (this.takes('(')) while (!this.takes(')')) this.at++
    while (this.takes('[')) this.expect(']')
    return words.join(' ')
  }

  private primary(): Expression {
    const token = this.take()
    if (token.kind === 'string' || token.kind === 'number') {
      return { kind: 'constant', text: token.text, type: undefined }
    }
    if (token.text === '(') return this.closed(this.or(), ')')
    if (token.kind !== 'name') throw new NotSimple()
    if (token.text === 'ARRAY' && this.takes('[')) return { kind: 'list', of: this.items(']') }
    if (token.isWord === true && constants.has(token.text)) {
      return { kind: 'constant', text: token.text, type: undefined }
    }
    const name = this.takes('.') ? this.name().text : token.text
    if (!this.takes('(')) return { kind: 'column', name }
    if (name === 'TRIM') {
      this.takesWord('BOTH')
      this.takesWord('FROM')
    }
    return { kind: 'call', name: name.toLowerCase(), of: this.items(')') }
  }

  private items(end: string): Items {
    const items: Expression[] = []
    while (!this.takes(end)) {
      items.push(this.or())
      this.takes(',')
    }
    return items
  }

  private closed(expression: Expression, end: string): Expression {
    this.expect(end)
    return expression
  }

  private name(): Token {
    const token = this.take()
    if (token.kind !== 'name') throw new NotSimple()
    return token
  }

  private expect(text: string): void {
    if (!this.takes(text)) throw new NotSimple()
  }

  private take(): Token {
    const token = this.tokens[this.at++]
    if (token === undefined) throw new NotSimple()
    return token
  }

  private takes(symbol: string): boolean {
    const { kind, text } = this.tokens[this.at] ?? {}
    if (kind !== 'symbol' || text !== symbol) return false
    this.at++
    return true
  }

  private takesWord(word: string): boolean {
    const { isWord, text } = this.tokens[this.at] ?? {}
    if (isWord !== true || text !== word) return false
    this.at++
    return true
  }
}
