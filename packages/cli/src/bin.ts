#!/usr/bin/env node
// The command `lading`: arguments in, an exit code out.
import { run } from './run.ts'

// A reader that closes its end (`| head`) is no failure, and there is nobody left to tell.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') process.exitCode = 1
  })
}

// Not process.exit: what is written to a pipe must get through first.
process.exitCode = await run(process.argv)
