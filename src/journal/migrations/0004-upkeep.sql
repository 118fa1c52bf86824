-- Sessions, timers, limits, breakers: what keeps lanes moving.

create function session_open(p_node text, p_lease_ms int) returns bigint language sql as $$
  insert into session (session_id, node, lease_until)
  select incarnation::bigint << 40 | nextval('session_number'), p_node, now() + p_lease_ms * interval '1 ms' from cluster
  returning session_id;
$$;

-- False when the session is over: its lanes are somebody else's by now.
create function session_renew(p_session bigint, p_lease_ms int) returns boolean language sql as $$
  with renewed as (update session set lease_until = now() + p_lease_ms * interval '1 ms' where session_id = p_session and lease_until > now() returning 1)
  select exists (select from renewed);
$$;

-- Frees the lanes of sessions whose lease ran out (or of one that ends by itself), in the order of their keys, and those of a session that
-- is gone altogether: it may have been reaped by a process that knows fewer tenants. What they had in flight is settled by whoever claims next.
create function session_reap(p_tenants text, p_session bigint) returns table (session_id bigint, lanes int) language plpgsql as $$
#variable_conflict use_column
declare dead record; freed int;
begin
  perform set_config('tallyport.tenants', p_tenants, true);
  for dead in delete from session s where s.session_id = p_session or s.lease_until < now() returning s.session_id loop
    -- Its permits come back when its calls can have no effect any more.
    update limit_lease b set until = coalesce(
      (select max(c.attempt_deadline + c.settle_ms * interval '1 ms') from lane l join command c on c.tenant = l.tenant and c.entity = l.entity
        where l.owner = dead.session_id and c.tenant = b.tenant and c.connection = b.connection and c.state in ('attempting', 'ambiguous', 'accepted')), now())
    where b.session_id = dead.session_id;
    with mine as (select l.tenant, l.entity from lane l where l.owner = dead.session_id order by l.tenant, l.entity for update)
    update lane l set owner = null, due = now() from mine m where l.tenant = m.tenant and l.entity = m.entity;
    get diagnostics freed = row_count;
    update poll_cursor set owner = null where owner = dead.session_id;
    return query select dead.session_id, freed;
  end loop;
  for dead in
    with stray as (
      select l.tenant, l.entity, l.owner from lane l where l.owner is not null and not exists (select from session s where s.session_id = l.owner)
      order by l.tenant, l.entity for update
    ), freed as (
      update lane l set owner = null, due = now() from stray s where l.tenant = s.tenant and l.entity = s.entity returning s.owner
    )
    select f.owner as session_id, count(*)::int as lanes from freed f group by f.owner
  loop
    return query select dead.session_id, dead.lanes;
  end loop;
end $$;
create index lane_owner on lane (owner) where owner is not null;

-- Fires due deadlines into their lanes' inboxes; lanes are locked first, in the order of their keys, as every step of a lane does. A
-- deadline that has a source waits until the source's cursors were read past it.
create function timer_fire(p_tenants text, p_limit int) returns int language plpgsql as $$
declare fired int := 0; due record; tenants text[]; entities text[]; names text[];
begin
  perform set_config('tallyport.tenants', p_tenants, true);
  select array_agg(d.tenant), array_agg(d.entity), array_agg(d.name) into tenants, entities, names from (
    select t.tenant, t.entity, t.name from timer t where t.at <= now()
      and (t.source is null or not exists (select from poll_cursor c where c.tenant = t.tenant and c.connection = t.source and (c.read_to is null or c.read_to < t.at)))
    order by t.at limit p_limit
  ) d;
  if tenants is null then return 0; end if;
  perform from lane l join (select distinct u.tenant, u.entity from unnest(tenants, entities) as u(tenant, entity)) u on l.tenant = u.tenant and l.entity = u.entity
    order by l.tenant, l.entity for update of l;
  for due in
    select t.* from unnest(tenants, entities, names) as u(tenant, entity, name) join timer t on t.tenant = u.tenant and t.entity = u.entity and t.name = u.name
    where t.at <= now() order by t.tenant, t.entity, t.name for update of t skip locked
  loop
    delete from timer t where t.tenant = due.tenant and t.entity = due.entity and t.name = due.name;
    perform inbox_add(due.tenant, due.entity, 'deadline', jsonb_build_object('name', due.name, 'at', due.at)::text);
    fired := fired + 1;
  end loop;
  return fired;
end $$;

-- What waited for a crosswalk row or a link that came at the same moment as the wait itself, and so was not woken.
create function wait_heal(p_tenants text) returns int language plpgsql as $$
declare healed int := 0; found record;
begin
  perform set_config('tallyport.tenants', p_tenants, true);
  for found in
    select distinct w.tenant, w.topic from crosswalk c join wait w on w.tenant = c.tenant and w.topic = format('crosswalk:%s:%s:%s', c.connection, c.crosswalk_table, c.key)
    where c.status = 'active'
  loop
    healed := healed + wake(found.tenant, found.topic, 'system');
  end loop;
  for found in
    select distinct w.tenant, w.topic, l.entity from wait w join identity_link l on l.tenant = w.tenant and l.connection = split_part(w.topic, ':', 2)
      and l.type = split_part(w.topic, ':', 3) and w.topic = format('link:%s:%s:%s', l.connection, l.type, l.external_id)
    where w.topic like 'link:%'
  loop
    update parked p set entity = found.entity from wait w where w.tenant = found.tenant and w.topic = found.topic and p.parked_id = w.parked_id and p.entity is null;
    healed := healed + wake(found.tenant, found.topic, 'system');
  end loop;
  return healed;
end $$;

-- Shares an account's budget: the caller says how many permits it wants and how many calls it has in flight; gets what is fair. That may be
-- less than it has in use: it then takes no further permit until enough calls ended. One that was taken for dead gets nothing, since its
-- permits would be held in the name of a session that nobody ends any more.
create function limit_balance(p_tenant text, p_connection text, p_session bigint, p_concurrency int, p_capacity double precision, p_refill double precision, p_wanted int, p_in_use int, p_tokens double precision)
returns table (permits int, tokens double precision, paused_ms int) language plpgsql as $$
#variable_conflict use_column
declare account limit_account; others int; rivals int; share int; target int; taken double precision; said text := format('%s %s %s', p_concurrency, p_capacity, p_refill);
begin
  perform set_config('tallyport.tenants', p_tenant, true);
  -- Keeps the session from being reaped until we are done; renewing it is not hindered.
  perform from session s where s.session_id = p_session for key share;
  if not found then
    return query select 0, 0::double precision, 0;
    return;
  end if;
  insert into limit_account (tenant, connection, concurrency, capacity, refill_per_second, tokens, configured)
  values (p_tenant, p_connection, p_concurrency, p_capacity, p_refill, p_capacity, said) on conflict do nothing;
  select * into account from limit_account a where a.tenant = p_tenant and a.connection = p_connection for update;
  if account.configured is distinct from said then
    update limit_account a set configured = said, concurrency = p_concurrency, capacity = p_capacity, refill_per_second = p_refill,
      tokens = least(coalesce(a.tokens, p_capacity), p_capacity)
    where a.tenant = p_tenant and a.connection = p_connection returning * into account;
  end if;
  -- Some seconds without a refusal: more is tried, the more the longer it goes well.
  if account.usable is not null and account.refused_at < now() - interval '2 seconds' then
    update limit_account a set usable = case when a.usable + a.regain < a.concurrency then a.usable + a.regain end, regain = 2 * a.regain, refused_at = now()
    where a.tenant = p_tenant and a.connection = p_connection returning * into account;
  end if;
  account.concurrency := least(account.concurrency, account.usable);
  delete from limit_lease b where b.tenant = p_tenant and b.connection = p_connection
    and (b.until < now() or b.until is null and not exists (select from session s where s.session_id = b.session_id));
  select coalesce(sum(b.permits), 0), count(*) filter (where b.wanted > 0 and b.until is null) into others, rivals
  from limit_lease b where b.tenant = p_tenant and b.connection = p_connection and b.session_id <> p_session;
  -- An equal share for everybody who wants some; beyond it only what the others do not want, and never what they hold.
  share := ceil(account.concurrency::numeric / (rivals + 1));
  select greatest(share, account.concurrency - coalesce(sum(least(b.wanted, share)), 0)) into share
  from limit_lease b where b.tenant = p_tenant and b.connection = p_connection and b.session_id <> p_session and b.until is null;
  target := greatest(0, least(p_wanted, share, account.concurrency - others));
  insert into limit_lease as b (tenant, connection, session_id, permits, wanted) values (p_tenant, p_connection, p_session, greatest(p_in_use, target), p_wanted)
  on conflict (tenant, connection, session_id) do update set permits = excluded.permits, wanted = excluded.wanted;
  if account.capacity is not null then
    account.tokens := least(account.capacity, account.tokens + extract(epoch from now() - account.refreshed_at) * account.refill_per_second);
    taken := greatest(0, least(p_tokens, account.tokens / (rivals + 1)));
    update limit_account a set tokens = account.tokens - taken, refreshed_at = now() where a.tenant = p_tenant and a.connection = p_connection;
  end if;
  return query select target, taken, case when account.paused_until > now() then ceil(extract(epoch from account.paused_until - now()) * 1000)::int else 0 end;
end $$;

-- The platform refused a call although we kept to its number: it takes one fewer from us than we have under way, but never so few that a
-- worker has none. Refusals of one moment count once.
create function limit_refused(p_tenant text, p_connection text) returns void language plpgsql as $$
declare held int; workers int;
begin
  perform set_config('tallyport.tenants', p_tenant, true);
  select sum(b.permits), count(*) filter (where b.until is null) into held, workers from limit_lease b where b.tenant = p_tenant and b.connection = p_connection;
  update limit_account a set regain = 1, refused_at = now(), usable = greatest(1, least(workers, a.concurrency), least(a.usable, a.concurrency, held) - 1)
  where a.tenant = p_tenant and a.connection = p_connection and (a.refused_at is null or a.refused_at < now() - interval '100 ms' or a.usable is null);
end $$;

-- The platform's own word on its budget corrects ours.
create function limit_report(p_tenant text, p_connection text, p_available double precision, p_capacity double precision, p_refill double precision, p_concurrency int, p_paused_ms int)
returns void language plpgsql as $$
begin
  perform set_config('tallyport.tenants', p_tenant, true);
  update limit_account a set
    capacity = coalesce(p_capacity, a.capacity), refill_per_second = coalesce(p_refill, a.refill_per_second), concurrency = coalesce(p_concurrency, a.concurrency),
    tokens = least(coalesce(p_available, a.tokens), coalesce(p_capacity, a.capacity)), refreshed_at = case when p_available is null then a.refreshed_at else now() end,
    paused_until = greatest(a.paused_until, now() + p_paused_ms * interval '1 ms')
  where a.tenant = p_tenant and a.connection = p_connection;
end $$;
