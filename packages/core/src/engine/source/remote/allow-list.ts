// The allow list for remote files: `10.1.0.0/16`, `files.corp:8080`, `*.corp`, `[fd00::/8]:443`, `:8443` → grants.
import { LadingError } from '../../../errors/lading-error.ts'
import { isWithin, type Network, parseAddress } from './public-address.ts'

/** One entry: which hosts may be reached, and on which ports. */
export interface Grant {
  /** A host name; `*.` at its start means all names below it. Undefined: any name. */
  readonly name: string | undefined
  /** Undefined with a name: any address that the name resolves to. Undefined without a name: any public address. */
  readonly network: Network | undefined
  readonly ports: readonly PortRange[]
}

type PortRange = readonly [first: number, last: number]

/** Ports of an entry that names none. */
export const defaultPorts: readonly PortRange[] = [
  [80, 80],
  [443, 443],
]

export function allowsPort({ ports }: Pick<Grant, 'ports'>, port: number): boolean {
  return ports.some(([first, last]) => first <= port && port <= last)
}

export function matchesName({ name }: Grant, host: string): boolean {
  if (name === undefined) return false
  return name.startsWith('*.') ? host.endsWith(name.slice(1)) : host === name
}

export function matchesAddress({ network }: Grant, address: string): boolean {
  const parsed = parseAddress(address)
  return network !== undefined && parsed !== undefined && isWithin(parsed, network)
}

/** @throws LadingError `CONFIG_INVALID` naming the entry */
export function readAllowList(entries: readonly string[]): readonly Grant[] {
  return entries.map(entry => {
    const grant = readEntry(entry.trim().toLowerCase())
    if (grant !== undefined) return grant
    throw new LadingError(
      'CONFIG_INVALID',
      `"${entry}" cannot be allowed for remote files; write a host (files.example), the hosts below one (*.example), an address or a network (10.1.0.0/16), each with an optional port (:8080, :8000-8999, :*), or a port alone.`,
    )
  })
}

function readEntry(entry: string): Grant | undefined {
  const [, bracketed, plain = '', portText] =
    /^(?:\[([^[\]]+)\]|([^[\]:]*))(?::([\d*-]+))?$/.exec(entry) ?? withoutPort(entry)
  const ports = portText === undefined ? defaultPorts : readPorts(portText)
  if (ports === undefined) return undefined
  const where = bracketed ?? plain
  if (where === '') return portText === undefined ? undefined : { name: undefined, network: undefined, ports }
  const network = readNetwork(where)
  if (network !== undefined) return { name: undefined, network, ports }
  return bracketed === undefined && isHostName(where.replace(/^\*\./, ''))
    ? { name: where, network: undefined, ports }
    : undefined
}

/** An IPv6 network without brackets cannot have a port. */
function withoutPort(entry: string): readonly (string | undefined)[] {
  return [entry, undefined, entry, undefined]
}

function readPorts(text: string): readonly PortRange[] | undefined {
  if (text === '*') return [[1, 65_535]]
  const [, first, last = first] = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(text) ?? []
  const range = [Number(first), Number(last)] as const
  return range[0] >= 1 && range[0] <= range[1] && range[1] <= 65_535 ? [range] : undefined
}

function readNetwork(text: string): Network | undefined {
  const [, start = '', bits] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(text) ?? []
  const address = parseAddress(start)
  if (address === undefined) return undefined
  const most = address.kind() === 'ipv4' ? 32 : 128
  const length = bits === undefined ? most : Number(bits)
  return length <= most ? [address, length] : undefined
}

const label = /^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/

/** Whether this is an ASCII host name, as `URL` normalizes it. A name whose last label is a number is an address. */
export function isHostName(host: string): boolean {
  const labels = host.split('.')
  return host.length <= 253 && labels.every(part => label.test(part)) && !/^\d+$/.test(labels.at(-1) ?? '')
}
