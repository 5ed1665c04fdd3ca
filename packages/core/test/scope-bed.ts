// What the tests of scopes share: a table of two tenants, with keys of their own and keys of everybody's.
import type pg from 'pg'
import {
  type Caller,
  createImporter,
  defineResource,
  type Filters,
  importReportOf,
  LadingError,
  type RecordError,
  type Resource,
  type RunOptions,
  Type,
} from '../src/index.ts'

export const peopleDdl = `
  create table people (
    id int primary key,
    tenant_id int not null,
    email text not null,
    badge text constraint one_badge unique,
    boss_id int references people (id),
    name text
  );
  create unique index people_email_key on people (tenant_id, lower(email));`

export const ddl = `${peopleDdl}
  create table articles (
    tenant_id int not null,
    slug text not null check (slug <> 'refused'),
    author_id int references people (id),
    primary key (tenant_id, slug)
  );`

/** The same addresses in both tenants, and badges and ids that only one of them can have. */
export const rows = `
  truncate people, articles;
  insert into people (id, tenant_id, email, badge, boss_id, name) values
    (11, 1, 'ann@x', 'A1', null, 'Ann'), (12, 1, 'bob@x', 'B1', 11, 'Bob'),
    (21, 2, 'Ann@x', 'A2', null, 'Anna'), (22, 2, 'bob@x', 'B2', 21, 'Bobby'), (23, 2, 'eve@x', 'E2', null, 'Eve');
  insert into articles values (1, 'one', 11), (2, 'one', 21);`

const nullable = <Schema extends ReturnType<typeof Type.String | typeof Type.Integer>>(schema: Schema) =>
  Type.Optional(Type.Union([schema, Type.Null()]))

export type Scope = (caller: Caller | undefined) => Filters | Promise<Filters>

export const ofTenant: Scope = caller => ({ tenant_id: caller?.tenant ?? null })

export interface PeopleOptions {
  readonly scope?: Scope
  /** @defaultValue true */
  readonly hidden?: boolean
}

export function peopleOf({ scope = ofTenant, hidden = true }: PeopleOptions = {}): Resource {
  return defineResource('people', {
    table: 'people',
    schema: Type.Object({
      id: Type.Integer(),
      tenant_id: Type.Integer(),
      email: Type.String(),
      badge: nullable(Type.String()),
      boss_id: nullable(Type.Integer()),
      name: nullable(Type.String()),
    }),
    fields: { tenant_id: { hidden } },
    key: [{ fields: ['email'], ignoreCase: true }, { fields: ['badge'] }],
    references: { boss_id: { table: 'people', by: { boss_email: 'email' } } },
    scope,
  })
}

export const articles = defineResource('articles', {
  table: 'articles',
  schema: Type.Object({
    tenant_id: Type.Integer(),
    slug: Type.String(),
    author_id: nullable(Type.Integer()),
  }),
  fields: { tenant_id: { hidden: true } },
  references: {
    author_id: { table: 'public.people', code: 'AUTHOR_NOT_FOUND', by: { author_email: 'email' } },
  },
  scope: ofTenant,
})

export type Item = Readonly<Record<string, unknown>>

export interface Ran {
  /** Code and sentence of what ended it. */
  readonly fault: string | undefined
  readonly counts: Readonly<Record<'inserted' | 'updated' | 'ignored' | 'failed', number>> | undefined
  readonly errors: readonly RecordError[]
  readonly warnings: readonly string[]
}

/** Imports for tenant 1, unless the options say otherwise. */
export async function run(
  pool: pg.Pool,
  resources: readonly Resource[],
  resource: string,
  source: readonly Item[] | Buffer,
  options: Partial<RunOptions> = {},
): Promise<Ran> {
  const errors: RecordError[] = []
  const result = await createImporter({ pool, resources })
    .run({
      resource,
      ...(Buffer.isBuffer(source) ? { source, format: 'csv' } : { source }),
      caller: { tenant: '1' },
      onError: error => errors.push(error),
      ...options,
    })
    .then(
      report => ({ report, fault: undefined }),
      (error: unknown) => {
        if (!(error instanceof LadingError)) throw error
        return { report: importReportOf(error), fault: `${error.code} ${error.message}` }
      },
    )
  const { inserted = 0, updated = 0, ignored = 0, failed = 0, warnings = [] } = result.report ?? {}
  return {
    fault: result.fault,
    counts: result.report && { inserted, updated, ignored, failed },
    errors,
    warnings: warnings.map(({ detail }) => detail),
  }
}
