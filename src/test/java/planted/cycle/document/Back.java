package planted.cycle.document;

/** The other half. */
public interface Back {
  planted.cycle.engine.There there();
}
