// defineConfig: the project that the command line and a server read from `lading.config.ts`.
import { LadingError } from '../../errors/lading-error.ts'
import type { Resource } from './define.ts'
import type { SessionVariables } from './definition.ts'
import { createRegistry } from './registry.ts'

export interface Project {
  /** Sorted so that referenced resources come first; whole-database work follows this order. */
  readonly resources: readonly Resource[]
  /** Folders of migrations, relative to the file. `lading migrate` applies them after Lading's own. @defaultValue none */
  readonly migrations?: readonly string[] | undefined
  /** Session variables for row-level security policies, in every run of the command line and its workers. @defaultValue none */
  readonly sessionVariables?: SessionVariables | undefined
}

/** Finds a resource of the project. @throws LadingError `RESOURCE_UNKNOWN`, naming the known ones */
export function resourceNamed(project: Project, name: string): Resource {
  return createRegistry(project.resources).get(name)
}

/**
 * Describes a project; a `lading.config.ts` exports the result as its default.
 *
 * @example
 * export default defineConfig({ resources: [users, articles, comments] })
 *
 * @throws LadingError `CONFIG_INVALID`, `RESOURCE_INVALID`
 */
export function defineConfig(project: Project): Project {
  if (project.resources.length === 0) {
    throw new LadingError(
      'CONFIG_INVALID',
      'The configuration names no resources; add one with defineResource.',
    )
  }
  createRegistry(project.resources)
  return Object.freeze({ ...project })
}
