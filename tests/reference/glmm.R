# Reference values for the logistic random intercept.
# Run in this folder: Rscript glmm.R   (R 4.2, lme4, ordinal)
# Makes glmm_data.csv (five sets) and glmm.csv.
suppressMessages({library(lme4); library(ordinal)})
options(digits = 17)
set.seed(20250817)
tight <- glmerControl(optimizer = "bobyqa", optCtrl = list(rhobeg = 1e-3, rhoend = 1e-9, maxfun = 1e5),
                      check.conv.singular = "ignore")

make <- function(name, sizes, sd_unit) {
  unit <- rep(seq_along(sizes), sizes)
  x <- round(rnorm(length(sizes), 6, 2), 1)[unit]
  w <- rbinom(length(unit), 3, 0.5)
  eta <- -2 + 0.2 * x + 0.4 * w + rnorm(length(sizes), 0, sd_unit)[unit]
  data.frame(set = name, unit = paste0("U", unit), x, w, y = rbinom(length(unit), 1, plogis(eta)))
}
plain <- y ~ x + w + (1 | unit)
fit_of <- function(data, points, formula = plain) glmer(formula, data, family = binomial, nAGQ = points, control = tight)
sets <- list(
  unequal = make("unequal", c(6, 9, 12, 18, 25, 30, 40, 60), 0.8),
  many = make("many", rep(2:6, 16), 1.0),
  steep = make("steep", rep(3:7, 12), 3.0)
)
# A set whose estimated variance between units is zero.
repeat {
  sets$singular <- make("singular", c(10, 15, 20, 25, 30, 40), 0)
  if (getME(suppressMessages(fit_of(sets$singular, 25)), "theta") == 0) break
}
write.csv(do.call(rbind, sets), "glmm_data.csv", row.names = FALSE, quote = FALSE)

out <- list()
add <- function(case, quantity, value) out[[length(out) + 1]] <<- data.frame(case, quantity, value = as.numeric(value))
observed <- function(eta, sigma) {
  part <- function(e) {
    p <- function(u) plogis(e + sigma * u)
    m <- integrate(function(u) p(u) * dnorm(u), -Inf, Inf, rel.tol = 1e-12)$value
    v <- integrate(function(u) (p(u) - m)^2 * dnorm(u), -Inf, Inf, rel.tol = 1e-12)$value
    c(v, m * (1 - m))
  }
  parts <- vapply(eta, part, numeric(2))
  sum(parts[1, ]) / sum(parts[2, ])
}
for (name in names(sets)) {
  d <- sets[[name]]
  f <- fit_of(d, 25)
  add(name, "deviance", -2 * as.numeric(logLik(f))); add(name, "sigma", getME(f, "theta"))
  add(name, "laplace_deviance", -2 * as.numeric(logLik(fit_of(d, 1))))
  for (i in 1:3) {
    add(name, paste0("coef", i - 1), fixef(f)[i]); add(name, paste0("error", i - 1), sqrt(vcov(f)[i, i]))
  }
  if (name != "singular") {
    # ordinal's own quadrature and Hessian, for a cumulative logit of two classes; with 25 points as well.
    g <- clmm(factor(y) ~ x + w + (1 | unit), data = d, nAGQ = 25, control = clmm.control(gradTol = 1e-8))
    add(name, "clmm_deviance", -2 * as.numeric(logLik(g))); add(name, "clmm_sigma", sqrt(VarCorr(g)[[1]][1]))
    add(name, "clmm_error_x", sqrt(vcov(g)["x", "x"])); add(name, "clmm_error_w", sqrt(vcov(g)["w", "w"]))
    add(name, "observed_icc", observed(model.matrix(f) %*% fixef(f), getME(f, "theta")))
  }
}
write.csv(do.call(rbind, out), "glmm.csv", row.names = FALSE, quote = FALSE)
