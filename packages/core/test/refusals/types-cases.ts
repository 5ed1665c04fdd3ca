// Values that the type of a column does not take, or the column itself cannot hold.
import { defineResource, Type } from '../../src/index.ts'
import type { RefusalSection } from './refusal-case.ts'

const text = () => Type.Optional(Type.Union([Type.String(), Type.Null()]))
const texts = () => Type.Optional(Type.Array(Type.Union([Type.String(), Type.Null()])))

const samples = defineResource('samples', {
  table: 'samples',
  schema: Type.Object({
    ip: text(),
    net: text(),
    mac: text(),
    mac8: text(),
    opens: text(),
    closes: text(),
    pause: text(),
    seats: text(),
    valid: text(),
    season: text(),
    slots: text(),
    weights: text(),
    place: text(),
    area: text(),
    doc: text(),
    flags: text(),
    switches: text(),
    photo: text(),
    fee: text(),
    search: text(),
    path: text(),
    payload: Type.Optional(Type.Unknown()),
    position: text(),
    home: text(),
    ips: texts(),
    pauses: texts(),
    host: text(),
    pin_host: text(),
  }),
  fields: { pin_host: { sensitive: true } },
})

const servers = defineResource('servers', {
  table: 'servers',
  schema: Type.Object({ ip: Type.String(), name: text() }),
})

const meetings = defineResource('meetings', {
  table: 'meetings',
  schema: Type.Object({ room: Type.String(), every: Type.String() }),
  key: ['room', 'every'],
})

const visits = defineResource('visits', {
  table: 'visits',
  schema: Type.Object({ id: Type.Integer(), host: text() }),
  references: {
    host: { table: 'servers', column: 'ip', by: { host_mac: 'mac', host_kind: 'kind' } },
  },
})

const to = 'samples'

export const badValues: RefusalSection = {
  title: "A value that its column's type does not take",
  ddl: `
    create type address as (street text, house text);
    create type weight_range as range (subtype = float8);
    create domain hostname as inet;
    create table samples (
      id int generated always as identity primary key,
      ip inet, net cidr, mac macaddr, mac8 macaddr8, opens time, closes timetz, pause interval, seats int4range,
      valid tstzrange, season daterange, slots int4multirange, weights weight_range, place point, area circle,
      doc xml, flags bit(4), switches varbit(8), photo bytea, fee money, search tsquery, path jsonpath,
      payload jsonb, position pg_lsn, home address, ips inet[], pauses interval[], host hostname, pin_host inet
    );
    create type host_kind as enum ('small', 'large');
    create table servers (ip inet primary key, mac macaddr unique, kind host_kind unique, name text);
    insert into servers values ('10.0.0.1', '08:00:2b:01:02:03', 'small', 'one');
    create table meetings (room text, every interval, primary key (room, every));
    create table visits (id int primary key, host inet references servers);`,
  resources: [samples, servers, meetings, visits],
  cases: {
    inet: { to, send: { ip: '300.1.1.1' } },
    'cidr with bits after its mask': { to, send: { net: '10.0.0.1/8' } },
    macaddr: { to, send: { mac: '08:00:2b' } },
    macaddr8: { to, send: { mac8: '08:00' } },
    time: { to, send: { opens: 'noonish' } },
    'time out of range': { to, send: { opens: '25:99' } },
    timetz: { to, send: { closes: 'late' } },
    interval: { to, send: { pause: 'a while' } },
    'interval out of range': { to, send: { pause: '999999999999 years' } },
    int4range: { to, send: { seats: '1 to 10' } },
    'int4range, bounds reversed': { to, send: { seats: '[9,1)' } },
    'int4range, a bound out of range': { to, send: { seats: '[1,99999999999)' } },
    'tstzrange, bounds reversed': { to, send: { valid: '[2026-02-01,2026-01-01)' } },
    'daterange with an invalid day': { to, send: { season: '[2026-02-30,2026-03-10)' } },
    int4multirange: { to, send: { slots: '[1,2)' } },
    "a range type of the owner's": { to, send: { weights: 'heavy' } },
    point: { to, send: { place: 'here' } },
    circle: { to, send: { area: '(1,2)' } },
    xml: { to, send: { doc: '<a><b></a>' } },
    bit: { to, send: { flags: '10a1' } },
    'bit, wrong length': { to, send: { flags: '101' } },
    'varbit, too long': { to, send: { switches: '101010101' } },
    bytea: { to, send: { photo: '\\xZZ' } },
    money: { to, send: { fee: 'ten' } },
    tsquery: { to, send: { search: 'cat dog' } },
    jsonpath: { to, send: { path: '$.[' } },
    'jsonb with a number that is too large': { to, send: '{"payload":{"n":1e400000}}' },
    'a type without words of its own': { to, send: { position: 'west' } },
    'a composite type': { to, send: { home: 'Main Street' } },
    'an element of inet[]': { to, send: { ips: ['10.0.0.1', '10.0.0.300'] } },
    'an element of interval[]': { to, send: { pauses: ['1 day', null, 'soon'] } },
    'a domain over inet': { to, send: { host: 'localhost' } },
    'two values of one record': { to, send: { ip: 'x', place: 'y' } },
    'a value that must not be shown': { to, send: { pin_host: 'x' } },
    'inet in a key': { to: 'servers', send: { ip: 'nonsense' } },
    'interval in a key of two fields': { to: 'meetings', send: { room: 'a', every: 'often' } },
    'inet in a reference': { to: 'visits', send: { id: 1, host: 'nonsense' } },
    'macaddr in a lookup field': {
      to: 'visits',
      send: { id: 1, host_mac: 'nonsense' },
    },
    'an enum in a lookup field': { to: 'visits', send: { id: 1, host_kind: 'huge' } },
  },
}

const columns = defineResource('columns', {
  table: 'columns',
  schema: Type.Object({
    price: Type.Optional(Type.String({ format: 'decimal' })),
    floor: Type.Optional(Type.Integer()),
    tag: text(),
    nick: text(),
    size: text(),
  }),
})

export const unfitValues: RefusalSection = {
  title: 'A value that its column cannot hold',
  ddl: `
    create domain nickname as varchar(5);
    create type size as enum ('small', 'large');
    create table columns (
      id int generated always as identity primary key,
      price numeric(6, 2), floor smallint, tag varchar(5), nick nickname, size size
    );`,
  resources: [columns],
  cases: {
    'numeric overflow': { to: 'columns', send: { price: '12345.67' } },
    smallint: { to: 'columns', send: { floor: 40000 } },
    varchar: { to: 'columns', send: { tag: 'abcdef' } },
    'a domain over varchar': { to: 'columns', send: { nick: 'abcdef' } },
    enum: { to: 'columns', send: { size: 'huge' } },
    NUL: { to: 'columns', send: { tag: 'a\0' } },
  },
}
