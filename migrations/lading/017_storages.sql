-- Which storage holds the file of a job, and which storages have workers.
--
-- Like every migration here, this file is a transaction of its own, takes the lock that `lading migrate` takes,
-- records its name and may run again: `psql -f` and `lading migrate` do the same.

begin;

select pg_advisory_xact_lock(5120184216);

alter table lading.jobs
  add column if not exists source_storage text,
  add column if not exists file_storage text;

comment on column lading.jobs.source_storage is 'Identity of the storage that holds the source; null: any, or none yet.';
comment on column lading.jobs.file_storage is 'Identity of the storage that holds the file of an export; null: any, or none yet.';

alter table lading.queue add column if not exists storage text;

comment on column lading.queue.storage is 'Only consumers of this storage get the message; null: all do.';

-- As the index before it, for one storage at a time: messages for others are not even looked at.
create index if not exists queue_due_by_storage on lading.queue (kind, resource, storage, visible_at);

drop index if exists lading.queue_due;

create table if not exists lading.storages (
  id text primary key,
  served_until timestamptz not null
);

comment on table lading.storages is 'Until when workers that import from a storage count as alive; they renew it.';

-- For each storage that has pending jobs, whether it has workers.
create index if not exists jobs_pending_storage_idx on lading.jobs (source_storage)
  where status = 'pending' and source_storage is not null;

insert into lading.migrations (name) values ('lading/017_storages')
on conflict do nothing;

commit;
