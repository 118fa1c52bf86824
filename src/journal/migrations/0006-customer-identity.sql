-- Which customer records are one customer: what persons decided, and what follows from all that is known.

-- One row a decision of a person over two records, never changed but for being taken back.
create sequence customer_decision_number;
create table customer_decision (
  tenant text collate "C" not null,
  decision_id bigint not null default nextval('customer_decision_number'),
  entity text collate "C" not null, -- the lesser of the two
  other text collate "C" not null,
  decision text not null check (decision in ('accepted', 'refused')),
  actor text not null,
  reason text not null,
  at timestamptz not null default now(),
  revoked_at timestamptz,
  revoked_by text,
  revoked_reason text,
  primary key (tenant, decision_id),
  check (entity < other)
);
-- Of two records one thing is decided at a time.
create unique index customer_decision_open on customer_decision (tenant, entity, other) where revoked_at is null;

-- The identity of each record that is not a customer of its own. Written anew by each matching; the reason is of the record's own links.
create table customer_identity (
  tenant text collate "C" not null,
  entity text collate "C" not null,
  identity text collate "C" not null,
  reasons text not null,
  since timestamptz not null default now(),
  primary key (tenant, entity)
);
create index customer_identity_members on customer_identity (tenant, identity);

select tenants_apart('customer_decision', 'customer_identity');
