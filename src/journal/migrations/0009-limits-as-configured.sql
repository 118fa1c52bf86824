-- Found in a review: a configured limit was taken once and never again, and a worker that was busy without a pause kept every permit
-- it had, so that a second one with work of its own waited for ever.

-- What the configuration said when this account was last asked for; what the platform reported since stands until that changes.
alter table limit_account add column configured text;

-- As before; but the answer may be less than what the caller has in use: it then takes no further permit until enough calls ended. Its
-- lease stays at what is in use until it says that this is less.
create or replace function limit_balance(p_tenant text, p_connection text, p_session bigint, p_concurrency int, p_capacity double precision, p_refill double precision, p_wanted int, p_in_use int, p_tokens double precision)
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
