-- The journal's tables. Hot tables (lane, inbox, command, timer) hold unfinished work only; what is over moves to tables that are
-- partitioned by month and only appended to. Tenant heads every key. Text keys collate "C": no locale decides an order of locks.

create table cluster (
  only_row boolean primary key default true check (only_row),
  -- Raised by promotion and restore. It heads every session id, and so every fencing token.
  incarnation int not null default 1
);
insert into cluster default values;

create sequence session_number;

-- One row a worker process, renewed as long as it makes progress. A row that ran out is reaped, never revived.
create table session (
  session_id bigint primary key,
  node text not null,
  started_at timestamptz not null default now(),
  lease_until timestamptz not null
);

create sequence claim_number;

-- One row an entity that has work. `todo` counts unconsumed inbox rows and unfinished commands that are not parked; at zero the row goes.
-- It must not stand in an index: every step changes it.
create table lane (
  tenant text collate "C" not null,
  entity text collate "C" not null,
  todo int not null check (todo >= 0),
  class smallint not null,
  due timestamptz not null,
  owner bigint,
  claim bigint not null default 0, -- never the same twice, also not for a lane that went and came again
  steps int not null default 0, -- committed since the claim
  primary key (tenant, entity)
) with (fillfactor = 70);
create index lane_due on lane (class, due) where owner is null;

create table instance (
  tenant text collate "C" not null,
  entity text collate "C" not null,
  process text not null,
  version int not null,
  state text not null,
  next_command int not null,
  updated_at timestamptz not null default now(),
  -- Members of the state that are big and seldom change, by the word of the process. Beside the others, so that a step that leaves them
  -- alone does not write them again.
  bulk text,
  primary key (tenant, entity)
) with (fillfactor = 80);

create sequence message_number;
create table message (
  tenant text collate "C" not null,
  message_id bigint not null,
  received_at timestamptz not null default now(),
  connection text not null,
  topic text not null,
  source_event_id text not null,
  occurred_at timestamptz,
  via text not null check (via in ('webhook', 'poll', 'replay', 'import')),
  entity text collate "C",
  body bytea not null, -- sealed under the message's own key
  body_hash bytea not null,
  primary key (tenant, message_id, received_at)
) partition by range (received_at);

-- Keys of message bodies stand apart from the journal: a backup of the journal without this schema reads no body, and a person is
-- forgotten by deleting keys.
create schema vault;
create table vault.message_key (
  tenant text collate "C" not null,
  message_id bigint not null,
  sealed_key bytea not null,
  primary key (tenant, message_id)
);

-- What was received, for 90 days; the business key and version in `instance` hold for ever.
create table seen (
  tenant text collate "C" not null,
  connection text collate "C" not null,
  topic text collate "C" not null,
  source_event_id text collate "C" not null,
  body_hash bytea not null,
  message_id bigint not null,
  seen_at timestamptz not null default now(),
  primary key (tenant, connection, topic, source_event_id, body_hash)
);
create index seen_at on seen using brin (seen_at);

create sequence event_number;
create table inbox (
  tenant text collate "C" not null,
  entity text collate "C" not null,
  event_id bigint not null default nextval('event_number'),
  kind text not null check (kind in ('message', 'deadline', 'reservation', 'operator')),
  message_id bigint,
  received_at timestamptz, -- of the message: its partition
  body text,
  at timestamptz not null default now(),
  primary key (tenant, entity, event_id)
);

create table event_log (
  tenant text collate "C" not null,
  entity text collate "C" not null,
  event_id bigint not null,
  consumed_at timestamptz not null default now(),
  kind text not null,
  at timestamptz not null,
  message_id bigint,
  disposition text not null check (disposition in ('applied', 'superseded', 'rejected', 'parked')),
  code text,
  detail text,
  events text, -- the canonical events, JSON
  primary key (tenant, entity, event_id, consumed_at)
) partition by range (consumed_at);
create index event_log_message on event_log (tenant, message_id) where message_id is not null;

create table command (
  tenant text collate "C" not null,
  entity text collate "C" not null,
  number int not null,
  name text not null,
  connection text not null,
  slot text not null,
  payload text, -- null once it is rendered
  request text, -- the bytes that are sent, JSON; fixed from the first attempt on
  mapping text, -- the crosswalk rows that made them, JSON
  state text not null check (state in ('pending', 'attempting', 'ambiguous', 'accepted')),
  parked boolean not null default false, -- stands still; not counted in the lane's todo
  attempt int not null default 0,
  attempt_started timestamptz,
  attempt_deadline timestamptz,
  conflicts int not null default 0,
  not_before timestamptz not null default now(),
  settle_ms int not null default 0,
  handle text,
  caused_by text not null,
  created_at timestamptz not null default now(),
  primary key (tenant, entity, number)
) with (fillfactor = 70);

create table command_done (
  tenant text collate "C" not null,
  entity text collate "C" not null,
  number int not null,
  finished_at timestamptz not null default now(),
  name text not null,
  connection text not null,
  slot text not null,
  request text,
  mapping text,
  outcome text not null check (outcome in ('done', 'rejected', 'stale', 'withdrawn', 'superseded', 'resolved')),
  result text,
  attempts int not null,
  caused_by text not null,
  created_at timestamptz not null,
  primary key (tenant, entity, number, finished_at)
) partition by range (finished_at);

create table attempt (
  tenant text collate "C" not null,
  entity text collate "C" not null,
  number int not null,
  attempt int not null,
  finished_at timestamptz not null default now(),
  started_at timestamptz not null,
  step text not null check (step in ('send', 'find', 'check', 'render', 'lost')),
  outcome text not null,
  detail text,
  primary key (tenant, entity, number, attempt, finished_at, step)
) partition by range (finished_at);

-- Only appended to, so a few pages tell where the last minutes lie.
create index command_done_recent on command_done using brin (finished_at);
create index attempt_recent on attempt using brin (finished_at);

create table timer (
  tenant text collate "C" not null,
  entity text collate "C" not null,
  name text not null,
  at timestamptz not null,
  -- Fires only once this connection's cursors were read past `at`.
  source text,
  primary key (tenant, entity, name)
);
create index timer_at on timer (at);

-- Something that stands still with a reason, or an exception that a process has opened. One open row a thing.
create sequence parked_number;
create table parked (
  tenant text collate "C" not null,
  parked_id bigint primary key default nextval('parked_number'),
  kind text not null check (kind in ('message', 'command', 'exception')),
  entity text collate "C",
  key text not null,
  connection text,
  name text,
  cause text not null,
  detail text not null,
  problems text,
  remedy text,
  value_minor bigint,
  currency text,
  owner text,
  opened_at timestamptz not null default now(),
  announced_at timestamptz,
  closed_at timestamptz,
  resolution text
);
create unique index parked_open on parked (tenant, kind, entity, key) where closed_at is null;
create index parked_recent on parked (tenant, opened_at) where closed_at is null;
create index parked_unannounced on parked (parked_id) where announced_at is null;

-- Who waits for what: `connection:<id>`, `crosswalk:<connection>:<table>:<key>`, `link:<connection>:<type>:<id>`.
create table wait (
  tenant text collate "C" not null,
  topic text collate "C" not null,
  entity text collate "C" not null,
  parked_id bigint not null default 0,
  since timestamptz not null default now(),
  urgent boolean not null default false, -- before the others, by the word of its process
  primary key (tenant, topic, entity, parked_id)
);
create index wait_oldest on wait (tenant, topic, urgent desc, since) where parked_id = 0;

create table identity_link (
  tenant text collate "C" not null,
  connection text collate "C" not null,
  type text collate "C" not null,
  external_id text collate "C" not null,
  entity text collate "C" not null,
  linked_at timestamptz not null default now(),
  primary key (tenant, connection, type, external_id)
);
-- Entity first: headed by the tenant, it was taken in place of the primary key while the table had no statistics.
create index identity_link_entity on identity_link (entity, tenant);

-- What people call things: order number, tracking number, document number. Personal ones (an e-mail address) only as a keyed hash.
create table alias (
  tenant text collate "C" not null,
  alias text collate "C" not null,
  entity text collate "C" not null,
  primary key (tenant, alias, entity)
);

create table conflict_hold (
  tenant text collate "C" not null,
  connection text collate "C" not null,
  key text collate "C" not null,
  entity text collate "C" not null,
  number int not null,
  primary key (tenant, connection, key)
);
create index conflict_hold_command on conflict_hold (tenant, entity, number);

create table stock_position (
  tenant text collate "C" not null,
  sku text collate "C" not null,
  location text collate "C" not null,
  supply numeric, -- null: nobody has told us yet
  reserved numeric not null default 0,
  primary key (tenant, sku, location)
);
create table stock_reservation (
  tenant text collate "C" not null,
  entity text collate "C" not null,
  sku text collate "C" not null,
  location text collate "C" not null,
  quantity numeric not null check (quantity > 0),
  primary key (tenant, entity, sku, location)
);
create sequence stock_entry_number;
create table stock_ledger (
  tenant text collate "C" not null,
  entry_id bigint not null default nextval('stock_entry_number'),
  booked_at timestamptz not null default now(),
  sku text not null,
  location text not null,
  entity text not null,
  delta numeric not null,
  primary key (tenant, entry_id, booked_at)
) partition by range (booked_at);

create table crosswalk (
  tenant text collate "C" not null,
  connection text collate "C" not null,
  crosswalk_table text collate "C" not null,
  key text collate "C" not null,
  value text,
  status text not null check (status in ('active', 'proposed')),
  proposal text,
  source text not null,
  updated_at timestamptz not null default now(),
  primary key (tenant, connection, crosswalk_table, key),
  check (status = 'proposed' or value is not null)
);
create index crosswalk_updated on crosswalk (updated_at);

create table poll_cursor (
  tenant text collate "C" not null,
  connection text collate "C" not null,
  poller text collate "C" not null,
  cursor text,
  -- Everything the source had up to here has been read.
  read_to timestamptz,
  next_at timestamptz not null default now(),
  owner bigint,
  primary key (tenant, connection, poller)
);

create table connection_state (
  tenant text collate "C" not null,
  connection text collate "C" not null,
  state text not null default 'closed' check (state in ('closed', 'open')),
  cause text,
  detail text,
  since timestamptz not null default now(),
  next_probe_at timestamptz,
  announced boolean not null default true,
  primary key (tenant, connection)
);

-- One budget an account, shared by all workers.
create table limit_account (
  tenant text collate "C" not null,
  connection text collate "C" not null,
  concurrency int not null,
  capacity double precision,
  refill_per_second double precision,
  tokens double precision,
  refreshed_at timestamptz not null default now(),
  paused_until timestamptz,
  -- How many calls at once the account takes from us, where it refused one although it should take more: somebody else uses it too.
  usable int,
  refused_at timestamptz,
  regain int not null default 1,
  -- What the configuration said when this account was last asked for; what the platform reported since stands until that changes.
  configured text,
  primary key (tenant, connection)
);
create table limit_lease (
  tenant text collate "C" not null,
  connection text collate "C" not null,
  session_id bigint not null,
  permits int not null,
  wanted int not null,
  -- Of a dead worker: its permits come back when its calls can have no effect any more.
  until timestamptz,
  primary key (tenant, connection, session_id)
);

create table credential (
  tenant text collate "C" not null,
  connection text collate "C" not null,
  name text collate "C" not null,
  sealed bytea not null,
  expires_at timestamptz,
  renewed_at timestamptz not null default now(),
  primary key (tenant, connection, name)
);

create sequence audit_number;
create table audit (
  tenant text collate "C" not null,
  audit_id bigint primary key default nextval('audit_number'),
  at timestamptz not null default now(),
  actor text not null,
  action text not null,
  subject text not null,
  detail text
);

alter table lane set (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000, autovacuum_vacuum_cost_delay = 1);
alter table inbox set (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000, autovacuum_vacuum_cost_delay = 1);
alter table command set (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000, autovacuum_vacuum_cost_delay = 1);

-- Long texts are compressed many times in an order's life, and lz4 costs a fraction of pglz; a server that was built without it keeps to that.
do $$
declare place record;
begin
  if not exists (select from pg_settings where name = 'default_toast_compression' and 'lz4' = any (enumvals)) then return; end if;
  for place in
    select * from (values ('instance', 'state'), ('instance', 'bulk'), ('event_log', 'events'), ('command', 'payload'), ('command', 'request'), ('command', 'mapping'),
      ('command_done', 'request'), ('command_done', 'mapping'), ('command_done', 'result'), ('inbox', 'body')) as p(tab, col)
  loop
    execute format('alter table %I alter column %I set compression lz4', place.tab, place.col);
  end loop;
end $$;
-- Where a row has to be made shorter, what seldom changes goes out of it first.
alter table instance alter column state set storage main;
-- A sealed body cannot be made any smaller: not even tried.
alter table message alter column body set storage external;

-- Row-level security, forced on the owner too: a transaction sees the tenants that it named with SET LOCAL, and none if it named none.
create function tenants_apart(variadic p_tables text[]) returns void language plpgsql as $$
declare name text;
begin
  foreach name in array p_tables loop
    execute format('alter table %s enable row level security', name);
    execute format('alter table %s force row level security', name);
    execute format($policy$create policy tenants_named on %s using (tenant = any ((select string_to_array(current_setting('tallyport.tenants', true), ','))::text[]))$policy$, name);
  end loop;
end $$;
select tenants_apart('lane', 'instance', 'message', 'vault.message_key', 'seen', 'inbox', 'event_log', 'command', 'command_done',
    'attempt', 'timer', 'parked', 'wait', 'identity_link', 'alias', 'conflict_hold', 'stock_position', 'stock_reservation', 'stock_ledger',
    'crosswalk', 'poll_cursor', 'connection_state', 'limit_account', 'limit_lease', 'credential', 'audit');

-- Partitions by month, made ahead of time; dropped as a whole when they are older than the retention.
create function partitions_ensure(p_months_ahead int) returns void language plpgsql as $$
declare parent text; month date; name text;
begin
  foreach parent in array array['message', 'event_log', 'command_done', 'attempt', 'stock_ledger'] loop
    for month in select generate_series(date_trunc('month', now()), date_trunc('month', now()) + make_interval(months => p_months_ahead), '1 month')::date loop
      name := format('%s_%s', parent, to_char(month, 'YYYYMM'));
      if to_regclass(name) is null then
        execute format('create table %I partition of %I for values from (%L) to (%L)', name, parent, month, (month + interval '1 month')::date);
        -- No policy of its own: rows are reached through the parent, by tenant, or not at all.
        execute format('alter table %I enable row level security', name);
        execute format('alter table %I force row level security', name);
      end if;
    end loop;
  end loop;
end $$;

-- A month of messages stays as long as one of them lies in an inbox or stands parked for a person.
create function partitions_drop(p_keep_days int, p_tenants text) returns setof text language plpgsql as $$
declare part record; is_needed boolean;
begin
  perform set_config('tallyport.tenants', p_tenants, true);
  for part in
    select c.relname, p.relname as parent, to_date(right(c.relname, 6), 'YYYYMM') as month
    from pg_inherits i join pg_class c on c.oid = i.inhrelid join pg_class p on p.oid = i.inhparent
    where p.relname in ('message', 'event_log', 'command_done', 'attempt', 'stock_ledger') and c.relkind = 'r'
  loop
    continue when (part.month + interval '1 month') >= now() - make_interval(days => p_keep_days);
    if part.parent = 'message' then
      select exists (select from inbox i where i.received_at >= part.month and i.received_at < part.month + interval '1 month')
        or exists (select from parked p join message m on m.tenant = p.tenant and m.message_id = p.key::bigint
          where p.kind = 'message' and p.closed_at is null and m.received_at >= part.month and m.received_at < part.month + interval '1 month') into is_needed;
      continue when is_needed;
    end if;
    execute format('drop table %I', part.relname);
    return next part.relname;
  end loop;
end $$;

select partitions_ensure(2);
