-- Jobs of a tenant, newest first: a list must not read past those of all others.
--
-- Like every migration here, this file is a transaction of its own, takes the lock that `lading migrate` takes,
-- records its name and may run again: `psql -f` and `lading migrate` do the same.

begin;

select pg_advisory_xact_lock(5120184216);

create index if not exists jobs_tenant_idx on lading.jobs (kind, tenant, number desc);

insert into lading.migrations (name) values ('lading/012_tenants')
on conflict do nothing;

commit;
