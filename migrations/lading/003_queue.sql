-- The messages of the queue: which job is to be worked on, from when on, and who has it.
--
-- Like every migration here, this file is a transaction of its own, takes the lock that `lading migrate` takes,
-- records its name and may run again: `psql -f` and `lading migrate` do the same.

begin;

select pg_advisory_xact_lock(5120184216);

create table if not exists lading.queue (
  job_id text primary key,
  kind text not null check (kind in ('import', 'export')),
  resource text not null,
  enqueued_at timestamptz not null default clock_timestamp(),
  visible_at timestamptz not null default clock_timestamp(),
  claim uuid,
  deliveries integer not null default 0,
  again_at timestamptz
);

-- Serves both the jump from resource to resource and the oldest due message of each.
create index if not exists queue_due on lading.queue (kind, resource, visible_at);

-- Renewals go by claim, and few messages are claimed at a time.
create index if not exists queue_claims on lading.queue (claim) where claim is not null;

comment on table lading.queue is 'Jobs that wait for a worker or have one; a row is deleted when its job is done with.';
comment on column lading.queue.visible_at is 'From then on it may be claimed: its moment, or the end of the claim.';
comment on column lading.queue.claim is 'The newest delivery. Whoever holds an older one can no longer change the row.';
comment on column lading.queue.deliveries is 'Since it was enqueued; the pause after a failure grows with it.';
comment on column lading.queue.again_at is 'It was enqueued again while it was claimed: when it is to come once more.';

insert into lading.migrations (name) values ('lading/003_queue')
on conflict do nothing;

commit;
