import { Readable } from 'node:stream'
const dir = process.argv[2], what = process.argv[3]
const { csv } = await import(`${dir}/format/csv/csv.ts`)
const { ndjson } = await import(`${dir}/format/ndjson/ndjson.ts`)
const json = what.startsWith('json') ? (await import(`${dir}/format/json/json.ts`)).json : undefined
const N = 1_000_000
function* src(kind){
  let parts=[], bytes=0
  const flush=function*(){ const b=Buffer.from(parts.join('')); parts=[]; bytes=0; for(let i=0;i<b.length;i+=16384) yield b.subarray(i,i+16384)}
  if(kind==='csv'||kind==='excel'||kind==='tab') parts.push('id,email,name,role,active,created_at,updated_at\n')
  if(kind==='json') parts.push('[')
  for(let i=0;i<N;i++){
    const r = kind==='csv'||kind==='excel' ? `0190a3c4-5d6e-7f80-9a1b-${String(i).padStart(12,'0')},user${i}@example.com,User Number ${i},member,true,2024-01-01T00:00:00Z,2024-01-02T00:00:00Z\n`
     : JSON.stringify({id:`0190a3c4-5d6e-7f80-9a1b-${String(i).padStart(12,'0')}`,email:`user${i}@example.com`,name:`User Number ${i}`,role:'member',active:true,created_at:'2024-01-01T00:00:00Z',updated_at:'2024-01-02T00:00:00Z'})+(kind==='json'?(i<N-1?',\n':']'):'\n')
    parts.push(r); bytes+=r.length
    if(bytes>1<<20) yield* flush()
  }
  yield* flush()
}
const kind = what.split('-')[0]
const chunks=[...src(kind)]
const f = {csv, ndjson, json, excel:csv}[kind]
for (let round=0;round<4;round++){
  const t=process.hrtime.bigint(); let n=0
  async function* s(){ yield* chunks }
  for await (const b of f.decode(s(),{maxRecordBytes:1<<20,maxColumns:500,excel:kind==='excel'})) { n+=b.records.length; if(b.fault) throw b.fault }
  const ms=Number(process.hrtime.bigint()-t)/1e6
  console.log(what, dir.includes('h1base')?'before':'after', n, ms.toFixed(0)+' ms', (n/ms*1000/1e6).toFixed(2)+' M/s')
}
