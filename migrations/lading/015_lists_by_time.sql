-- Lists in the order in which jobs were submitted, by time: a cursor that holds a number of all jobs would tell a tenant
-- how many there are of others.
--
-- Like every migration here, this file is a transaction of its own, takes the lock that `lading migrate` takes,
-- records its name and may run again: `psql -f` and `lading migrate` do the same.

begin;

select pg_advisory_xact_lock(5120184216);

create index if not exists jobs_listed_idx on lading.jobs (kind, created_at desc, id desc);
create index if not exists jobs_tenant_listed_idx on lading.jobs (kind, tenant, created_at desc, id desc);

drop index if exists lading.jobs_list_idx;
drop index if exists lading.jobs_tenant_idx;

comment on column lading.jobs.number is 'The order of the jobs of one bundle. It counts those of all tenants, and is told to nobody.';

insert into lading.migrations (name) values ('lading/015_lists_by_time')
on conflict do nothing;

commit;
