// E-mail addresses: checked by their form, in linear time for any input.
import { describe, expect, test } from 'vitest'
import { isEmail } from '../../../src/engine/validation/rules/string-formats.ts'

const label63 = 'a'.repeat(63)

describe('valid addresses', () => {
  test.each([
    'a@b.ch',
    'ada.lovelace@example.org',
    'ada+tag@example.org',
    "o'brien@example.org",
    "!#$%&'*+/=?^_`{|}~-@example.org",
    '1@2.3',
    'A@EXAMPLE.ORG',
    'a@sub.domain.example.museum',
    'a@xn--bcher-kva.example',
    'a@a-b--c.example',
    'a@1.2.3.4',
    `a@${label63}.${label63}.ch`,
    `${'a'.repeat(242)}@example.org`,
  ])('%s', address => {
    expect(isEmail(address)).toBe(true)
  })
})

describe('invalid addresses', () => {
  test.each([
    '',
    '@',
    'a',
    'a@',
    '@b.ch',
    'a@b',
    'foo@bar',
    'a@@b.ch',
    'a@b@c.ch',
    'a b@c.ch',
    'a@b c.ch',
    ' a@b.ch',
    'a@b.ch ',
    'a@b.ch\n',
    '\ta@b.ch',
    '.a@b.ch',
    'a.@b.ch',
    'a..b@c.ch',
    'a@.ch',
    'a@b.',
    'a@b..ch',
    'a@-b.ch',
    'a@b-.ch',
    'a@b.-ch',
    'a@b.ch-',
    'a@b_c.ch',
    'a,b@c.ch',
    'a;b@c.ch',
    'a:b@c.ch',
    'a<b@c.ch',
    'Ada <a@b.ch>',
    '<a@b.ch>',
    'mailto:a@b.ch',
    '"a b"@c.ch',
    'a(b)@c.ch',
    'a\\@b.ch',
    'a@[127.0.0.1]',
    'a@b.ch,c@d.ch',
    'a\0@b.ch',
    'é@b.ch',
    'a@é.ch',
    'ａ@b.ch',
    'a＠b.ch',
    'a@b。ch',
    `a@${'a'.repeat(64)}.ch`,
    `${'a'.repeat(243)}@example.org`,
  ])('%j', address => {
    expect(isEmail(address)).toBe(false)
  })
})

describe('hostile addresses of 100,000 characters', () => {
  const many = 100_000
  test.each<[name: string, address: string]>([
    ['letters', 'a'.repeat(many)],
    ['letters and an at sign', `${'a'.repeat(many)}@`],
    ['dots', `${'a.'.repeat(many / 2)}@`],
    ['at signs', '@'.repeat(many)],
    ['labels', `a@${'a.'.repeat(many / 2)}`],
    ['hyphens', `a@${'-'.repeat(many)}`],
    ['a label of hyphens', `a@a${'-'.repeat(many)}b.ch`],
    ['an end that does not match', `${'a'.repeat(many)}@b.ch!`],
  ])('%s', (_, address) => {
    expect(isEmail(address)).toBe(false)
  })

  test.each<[name: string, address: string]>([
    ['atoms', `${'a.'.repeat(120)}@`],
    ['labels', `a@${'a.'.repeat(120)}!`],
    ['hyphens', `a@a${'-'.repeat(240)}`],
    ['labels of hyphens', `a@${'a-a.'.repeat(60)}-`],
  ])('at the maximum length: %s, a hundred thousand times', (_, address) => {
    expect(address.length).toBeLessThanOrEqual(254)
    for (let time = 0; time < 100_000; time++) if (isEmail(address)) throw new Error('accepted')
  })
})
