package dev.tideline.fleet.autoscaling;

import dev.tideline.embedded.process.Ports;
import dev.tideline.fleet.instance.InstancePool;

/** Scales an instance pool on this machine. */
public final class LocalTarget implements ScalingTarget {

  private final InstancePool pool;
  private final Ports ports = new Ports();

  public LocalTarget(InstancePool pool) {
    this.pool = pool;
  }

  @Override
  public int instances() {
    return pool.size();
  }

  @Override
  public void scaleTo(int instances) throws InterruptedException {
    while (instances() < instances) {
      pool.add(ports.free());
    }
    while (instances() > instances) {
      pool.removeOne();
    }
  }
}
