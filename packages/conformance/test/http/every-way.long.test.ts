// A part of the HTTP contract; files.ts says which.
import { groupsOfFile } from './files.ts'
import { runOnNode } from './node-host.ts'

runOnNode(groupsOfFile.everyWay)
