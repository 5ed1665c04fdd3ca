// Generated: a private address is rejected in every notation, and public ones are accepted.
import { describe, expect, test } from 'vitest'
import { addressPolicy } from '../../../src/engine/source/remote/address-policy.ts'

/** Allows every port of public servers, so that only the address can be the reason. */
const policy = addressPolicy([':*'])

/** Numbers from 0 to below `limit`, the same in each run. */
function randomNumbers(seed: number): (limit: number) => number {
  let state = seed
  return limit => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * limit)
  }
}

type Random = (limit: number) => number
type Octets = readonly [number, number, number, number]

/** IPv4 networks that are not public: first octets, the rest is random. */
const closed4: readonly (readonly number[])[] = [
  [0],
  [10],
  [127],
  [100, 64],
  [100, 127],
  [169, 254],
  [172, 16],
  [172, 31],
  [192, 0, 0],
  [192, 0, 2],
  [192, 88, 99],
  [192, 168],
  [198, 18],
  [198, 19],
  [198, 51, 100],
  [203, 0, 113],
  [224],
  [239],
  [240],
  [255],
  [169, 254, 169, 254],
  [127, 0, 0, 1],
  [0, 0, 0, 0],
  [168, 63, 129, 16],
]

const closed6 = [
  'fc00',
  'fd12',
  'fe80',
  'febf',
  'fec0',
  'ff02',
  'ff0e',
  '2001:db8',
  '2001:2',
  '100',
  '5f00',
  '3fff',
]

function address4(random: Random, start: readonly number[]): Octets {
  const [a = random(256), b = random(256), c = random(256), d = random(256)] = start
  return [a, b, c, d]
}

const value = ([a, b, c, d]: Octets) => ((a * 256 + b) * 256 + c) * 256 + d
const hex = (number: number) => number.toString(16)
const pair = (high: number, low: number) => hex(high * 256 + low)

function numeral(random: Random, number: number): string {
  const zeros = '0'.repeat(random(5))
  const ways = [
    String(number),
    `0x${zeros}${hex(number)}`,
    `0X${hex(number).toUpperCase()}`,
    `0${zeros}${number.toString(8)}`,
  ]
  return ways[random(ways.length)] ?? ''
}

const digits = ['０１２３４５６７８９', '⓪①②③④⑤⑥⑦⑧⑨', '𝟎𝟏𝟐𝟑𝟒𝟓𝟔𝟕𝟖𝟗', '𝟢𝟣𝟤𝟥𝟦𝟧𝟨𝟩𝟪𝟫', '⁰¹²³⁴⁵⁶⁷⁸⁹']
const dots = ['.', '。', '．', '｡']

/** Notations of an IPv4 address that `URL` recognizes. */
const disguises4: readonly ((random: Random, octets: Octets) => string)[] = [
  (_, octets) => octets.join('.'),
  (random, octets) => octets.map(octet => numeral(random, octet)).join('.'),
  (random, octets) => numeral(random, value(octets)),
  (random, [a, ...rest]) => `${numeral(random, a)}.${numeral(random, value([0, ...rest]))}`,
  (random, [a, b, c, d]) => `${numeral(random, a)}.${numeral(random, b)}.${numeral(random, c * 256 + d)}`,
  (random, octets) => `${octets.map(octet => numeral(random, octet)).join('.')}.`,
  (random, octets) => {
    const row = [...(digits[random(digits.length)] ?? '')]
    const written = octets.map(octet => [...String(octet)].map(digit => row[Number(digit)]).join(''))
    return written.join(dots[random(dots.length)])
  },
  (_, octets) => [...octets.join('.')].map(one => `%${hex(one.charCodeAt(0))}`).join(''),
  (random, octets) => octets.join(dots[random(dots.length)]),
]

/** IPv6 addresses that embed an IPv4 address. */
const carriers: readonly ((octets: Octets) => string)[] = [
  octets => `[::ffff:${octets.join('.')}]`,
  ([a, b, c, d]) => `[::FFFF:${pair(a, b)}:${pair(c, d)}]`,
  octets => `[0:0:0:0:0:ffff:${octets.join('.')}]`,
  octets => `[0000:0000:0000:0000:0000:ffff:${octets.join('.')}]`,
  octets => `[::${octets.join('.')}]`,
  octets => `[::ffff:0:${octets.join('.')}]`,
  octets => `[64:ff9b::${octets.join('.')}]`,
  ([a, b, c, d]) => `[64:ff9b:1::${pair(a, b)}:${pair(c, d)}]`,
  ([a, b, c, d]) => `[2002:${pair(a, b)}:${pair(c, d)}::1]`,
  ([a, b, c, d]) => `[2001:0:${pair(a, b)}:${pair(c, d)}:0:0:1:1]`,
]

function refusal(text: string): unknown {
  try {
    policy.checkUrl(text)
    return 'accepted'
  } catch (error) {
    return (error as { code?: unknown }).code
  }
}

describe('private addresses', () => {
  test('1,000 disguised IPv4 addresses are recognized and rejected', () => {
    const random = randomNumbers(7)
    for (let count = 0; count < 1_000; count++) {
      const octets = address4(random, closed4[count % closed4.length] ?? [])
      const host = disguises4[count % disguises4.length]?.(random, octets) ?? ''
      const text = `${count % 2 === 0 ? 'http' : 'https'}://${host}:${8_000 + count}/users.csv`
      expect(new URL(text).hostname, text).toBe(octets.join('.'))
      expect(refusal(text), text).toBe('URL_NOT_ALLOWED')
    }
  })

  test('700 embedded in IPv6 addresses, and 300 genuine IPv6 addresses', () => {
    const random = randomNumbers(11)
    for (let count = 0; count < 700; count++) {
      const octets = address4(random, closed4[count % closed4.length] ?? [])
      const host = carriers[count % carriers.length]?.(octets)
      expect(refusal(`http://${host}/users.csv`), host).toBe('URL_NOT_ALLOWED')
    }
    for (let count = 0; count < 300; count++) {
      const start = closed6[count % closed6.length] ?? ''
      const zone = count % 10 === 0 ? '%25eth0' : ''
      const host =
        count < 3 ? ['[::1]', '[::]', '[0:0::1]'][count] : `[${start}::${hex(random(65_536))}${zone}]`
      expect(refusal(`http://${host}/users.csv`), host).toBe('URL_NOT_ALLOWED')
    }
  })

  test('are also rejected as the result of a resolver, alone and among public ones', () => {
    const url = policy.checkUrl('https://files.example.org/users.csv')
    for (const bad of [
      '127.0.0.1',
      '10.1.2.3',
      '169.254.169.254',
      '::1',
      '::ffff:8.8.8.8',
      '::ffff:10.0.0.1',
      '::127.0.0.1',
      '64:ff9b::a00:1',
      'fd00:ec2::254',
      'fe80::1%eth0',
      '2606:4700::1%eth0',
      'localhost',
      '0x7f.1',
      '',
    ]) {
      for (const addresses of [[bad], ['93.184.216.34', bad], [bad, '2606:4700::1111']]) {
        expect(() => policy.checkAddresses(url, addresses), String(addresses)).toThrow('not allowed')
      }
    }
    expect(() => policy.checkAddresses(url, [])).toThrow('not allowed')
  })
})

describe('public addresses', () => {
  const public4 = [1, 8, 9, 13, 23, 34, 52, 65, 93, 104, 128, 151, 185, 199, 212, 223]
  const public6 = [
    '2001:4860',
    '2001:67c',
    '2400:cb00',
    '2600:9000',
    '2606:4700',
    '2620:0',
    '2800:3f0',
    '2a00:1450',
    '2c0f:f248',
  ]

  test('200 are accepted, in every notation', () => {
    const random = randomNumbers(13)
    for (let count = 0; count < 100; count++) {
      const octets = address4(random, [public4[count % public4.length] ?? 0])
      const host = disguises4[count % disguises4.length]?.(random, octets)
      expect(policy.checkUrl(`https://${host}/users.csv`).hostname).toBe(octets.join('.'))
      const [a, b] = [public6[count % public6.length], hex(1 + random(65_535))]
      expect(policy.checkUrl(`http://[${a}::${b}]/users.csv`).hostname).toBe(
        `[${new URL(`http://[${a}::${b}]`).hostname.slice(1, -1)}]`,
      )
      expect(() =>
        policy.checkAddresses(new URL('https://example.org'), [octets.join('.'), `${a}::${b}`]),
      ).not.toThrow()
    }
  })

  test('next to the reserved networks are accepted', () => {
    const neighbours = [
      '1.0.0.0',
      '9.255.255.255',
      '11.0.0.0',
      '100.63.255.255',
      '100.128.0.0',
      '126.255.255.255',
      '128.0.0.0',
      '169.253.255.255',
      '169.255.0.0',
      '172.15.255.255',
      '172.32.0.0',
      '191.255.255.255',
      '192.0.1.0',
      '192.0.3.0',
      '192.167.255.255',
      '192.169.0.0',
      '198.17.255.255',
      '198.20.0.0',
      '198.51.99.255',
      '203.0.112.255',
      '203.0.114.0',
      '223.255.255.255',
      '2001:200::',
      '2001:db7::1',
      '2001:db9::1',
      '2003::1',
      '3ffe::1',
    ]
    for (const address of neighbours) {
      const host = address.includes(':') ? `[${address}]` : address
      expect(() => policy.checkUrl(`http://${host}/`), address).not.toThrow()
    }
  })
})
