// What the cases of the golden file are made of: tables, resources, and the record that each of them sends.
import type { Resource } from '../../src/index.ts'

export interface RefusalCase {
  /** Name of a resource. */
  readonly to: string
  /** A record, or its text where JavaScript would change it. */
  readonly send: object | string
  /** @defaultValue 'error' */
  readonly onConflict?: 'update'
  /** Sent by a role that row-level security applies to. */
  readonly asRestrictedRole?: true
  /** A dry run cannot predict it, as `notJudged` says. */
  readonly isUnforeseen?: true
}

/** A section of the golden file. */
export interface RefusalSection {
  readonly title: string
  readonly ddl: string
  readonly resources: readonly Resource[]
  /** By their names in the golden file. */
  readonly cases: Readonly<Record<string, RefusalCase>>
}
