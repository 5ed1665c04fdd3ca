// boolean: true/false, t/f and 1/0 in text; JSON booleans, or the same strings.
import { type Codec, invalid } from './codec.ts'

const words: ReadonlyMap<string, boolean> = new Map([
  ['true', true],
  ['false', false],
  ['TRUE', true],
  ['FALSE', false],
  ['True', true],
  ['False', false],
  // As PostgreSQL prints them.
  ['t', true],
  ['f', false],
  ['T', true],
  ['F', false],
  ['1', true],
  ['0', false],
])

const parse = (text: string) => words.get(text) ?? invalid

export const boolean: Codec = {
  stagingType: 'boolean',
  expectation: 'must be true or false',
  parse,
  fromJson: value =>
    typeof value === 'boolean' ? value : typeof value === 'string' ? parse(value) : invalid,
  toCopy: (value: boolean) => (value ? 't' : 'f'),
  isPlain: true,
  // Without the cast, COPY prints t and f.
  print: ({ sql }) => ({ csv: `${sql}::text`, json: sql }),
  show: (value: boolean) => String(value),
  isJson: true,
}
