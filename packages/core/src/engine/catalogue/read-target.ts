// Reads a resource's table and the tables that it refers to from the catalogue, and matches the resource with them.
import type { Client } from '../../postgres/pool/checkout.ts'
import { databaseFault } from '../../postgres/sqlstate.ts'
import type { Resource } from '../resource/define.ts'
import { matchTarget } from './match/match.ts'
import { findTable, readTable, type TableInfo } from './table-info.ts'
import type { Target } from './target.ts'

/** @throws LadingError `RESOURCE_MISMATCH` if the resource and the database do not match */
export async function readTarget(client: Client, resource: Resource): Promise<Target> {
  try {
    const table = await readTable(client, resource.table)
    const referred = new Map<string, TableInfo | undefined>()
    for (const { table: name } of resource.references) referred.set(name, await findTable(client, name))
    return matchTarget(resource, table, referred)
  } catch (error) {
    throw databaseFault(error)
  }
}
