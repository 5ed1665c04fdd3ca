// uuid: RFC 9562 text form, with hyphens, in either case.
import { type Codec, invalid } from './codec.ts'

const form = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

const parse = (text: string) => (form.test(text) ? text : invalid)

export const uuid: Codec = {
  stagingType: 'uuid',
  expectation: 'must be a UUID, such as 6f304cd1-8a43-4417-aec7-55f419572494',
  parse,
  fromJson: value => (typeof value === 'string' ? parse(value) : invalid),
  toCopy: (value: string) => value,
  isPlain: true,
  print: ({ sql }) => ({ csv: sql, json: sql }),
  show: (value: string) => value.toLowerCase(),
}
