# Varnish 7 with the module xkey (Debian: varnish, varnish-modules) in front of Tideline.
#
# It keeps public answers for as long as they say (s-maxage), serves them a little longer while it asks anew, and for ten
# minutes while no instance can be reached. Tideline purges by key: TIDELINE_EDGE_PURGE=varnish and
# TIDELINE_EDGE_VARNISH_URLS=http://this-host:6081.
vcl 4.1;

import std;
import xkey;

# The balancer, or one instance.
backend tideline {
  .host = "127.0.0.1";
  .port = "8080";
  .probe = {
    .url = "/health/ready";
    .interval = 1s;
    .timeout = 1s;
    .window = 3;
    .threshold = 2;
    .initial = 2;
  }
}

# Who may purge: the instances.
acl instances {
  "localhost";
  "127.0.0.1";
  "::1";
}

sub vcl_recv {
  if (req.method == "PURGE") {
    if (client.ip !~ instances) {
      return (synth(405, "Not allowed"));
    }
    if (!req.http.xkey-purge) {
      return (synth(400, "Name keys in xkey-purge"));
    }
    set req.http.purged = xkey.purge(req.http.xkey-purge);
    return (synth(200, "Purged " + req.http.purged));
  }
  if (req.method != "GET" && req.method != "HEAD") {
    return (pass);
  }
  # Who asks for a certain freshness, or is somebody, asks the service.
  if (req.http.Tideline-Token || req.http.Tideline-Consistency ~ "(?i)session|strong" || req.http.Authorization) {
    return (pass);
  }
  unset req.http.Cookie;
  set req.url = std.querysort(req.url);
  if (std.healthy(req.backend_hint)) {
    set req.grace = 30s; # stale-while-revalidate; the whole of an object's grace only while nobody answers
  }
  return (hash);
}

sub vcl_backend_response {
  # What could not be had anew is not thrown away for an error.
  if (beresp.status >= 500 && bereq.is_bgfetch) {
    return (abandon);
  }
  if (beresp.http.Cache-Control ~ "(?i)private|no-store") {
    set beresp.uncacheable = true;
    set beresp.ttl = 0s; # not even remembered as not to be kept: the next answer may be
    return (deliver);
  }
  set beresp.http.xkey = beresp.http.Surrogate-Key;
  set beresp.grace = 10m; # stale-if-error
}

sub vcl_deliver {
  if (obj.hits > 0) {
    set resp.http.Cache-Status = "cdn; hit, " + resp.http.Cache-Status;
  } else {
    set resp.http.Cache-Status = "cdn; fwd=miss, " + resp.http.Cache-Status;
  }
  unset resp.http.xkey;
  unset resp.http.Surrogate-Key;
  unset resp.http.CDN-Cache-Control;
}
