-- Which imports came in one bundle.
--
-- Like every migration here, this file is a transaction of its own, takes the lock that `lading migrate` takes,
-- records its name and may run again: `psql -f` and `lading migrate` do the same.

begin;

select pg_advisory_xact_lock(5120184216);

alter table lading.jobs add column if not exists bundle uuid;

comment on column lading.jobs.bundle is 'The same for all imports that came in one bundle.';

create index if not exists jobs_bundle_idx on lading.jobs (bundle) where bundle is not null;

insert into lading.migrations (name) values ('lading/011_bundles')
on conflict do nothing;

commit;
