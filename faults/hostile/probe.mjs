// Asks `/live` every 50 ms from its own thread, independent of other load, and records the time of each answer.
import { Agent, request } from 'node:http'
import { parentPort, workerData } from 'node:worker_threads'

const everyMs = 50
const agent = new Agent({ keepAlive: true, maxSockets: 64 })
const times = []
let failures = 0

function ask() {
  const asked = performance.now()
  const end = failed => {
    if (failed) failures++
    else times.push(performance.now() - asked)
  }
  const probe = request(`${workerData.url}/live`, { agent }, answer => {
    answer.resume().once('end', () => end(answer.statusCode !== 200))
  })
  probe.once('error', () => end(true))
  probe.end()
}

const timer = setInterval(ask, everyMs)
parentPort.on('message', message => {
  parentPort.postMessage({ times: times.splice(0), failures })
  failures = 0
  if (message !== 'stop') return
  clearInterval(timer)
  agent.destroy()
  parentPort.close()
})
