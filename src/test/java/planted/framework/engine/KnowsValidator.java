package planted.framework.engine;

import jakarta.validation.constraints.NotNull;

/** A core room that knows the framework. */
public record KnowsValidator(@NotNull String name) {}
