// The resources that an importer or exporter knows, by name.
import { LadingError } from '../../errors/lading-error.ts'
import type { Resource } from './define.ts'
import { ResourceUnknown } from './resource-unknown.ts'

export interface Registry {
  readonly all: readonly Resource[]
  /** @throws LadingError `RESOURCE_UNKNOWN`, naming the known ones. */
  get(name: string): Resource
}

/** @throws LadingError `RESOURCE_INVALID` if two resources share a name. */
export function createRegistry(resources: readonly Resource[]): Registry {
  const byName = new Map<string, Resource>()
  for (const resource of resources) {
    if (byName.has(resource.name)) {
      throw new LadingError('RESOURCE_INVALID', `Two resources are named "${resource.name}".`)
    }
    byName.set(resource.name, resource)
  }
  return {
    all: resources,
    get(name) {
      const resource = byName.get(name)
      if (resource !== undefined) return resource
      throw new ResourceUnknown(name, [...byName.keys()])
    },
  }
}
