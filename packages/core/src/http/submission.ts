// What every submission of a job is checked for first.
import { HttpFault } from './problem.ts'
import type { Service } from './service.ts'

/** @throws HttpFault `SERVER_DRAINING` */
export function refuseWhileDraining({ isDraining }: Service): void {
  if (isDraining())
    throw new HttpFault('SERVER_DRAINING', 'The server is shutting down; try again in a moment.')
}
