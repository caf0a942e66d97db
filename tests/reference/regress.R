# Reference values for regress and reliability.
# Run in this folder: Rscript regress.R   (R 4.2, lme4, clubSandwich, sandwich, pbkrtest, lmerTest, psych, lavaan)
suppressMessages({library(lme4); library(clubSandwich); library(sandwich); library(psych); library(lavaan)})
options(digits = 17)
set.seed(20250817)

sizes <- c(6, 9, 12, 18, 25, 30, 40, 60)
unit <- rep(seq_along(sizes), sizes)
n <- length(unit)
lead <- round(rnorm(8, 6, 2), 2)[unit]
score <- round(lead + rnorm(n), 2)
age <- round(runif(n, 25, 58))
pppk <- rbinom(n, 1, 0.4)
shock <- rnorm(8, 0, 0.5)[unit]
y <- round(2 + 0.3 * lead + 0.4 * (score - lead) - 0.02 * age + shock + rnorm(n), 3)
b <- rbinom(n, 1, plogis(-2 + 0.25 * lead + 0.3 * (score - lead) + shock))
count <- rpois(n, exp(-0.5 + 0.12 * lead + 0.1 * (score - lead) + shock / 3))
d <- data.frame(unit = paste0("U", unit), lead, score, age, pppk, y, b, count)
write.csv(d, "regress_data.csv", row.names = FALSE, quote = FALSE)

out <- list()
add <- function(case, quantity, value) out[[length(out) + 1]] <<- data.frame(case, quantity, value)
add_cr2 <- function(case, fit, term, cluster) {
  V <- vcovCR(fit, cluster = cluster, type = "CR2")
  t <- coef_test(fit, vcov = V, test = "Satterthwaite", coefs = term)
  ci <- conf_int(fit, vcov = V, test = "Satterthwaite", coefs = term)
  add(case, "estimate", t$beta); add(case, "std_error", t$SE); add(case, "dof", t$df_Satt)
  add(case, "p_value", t$p_Satt); add(case, "ci_low", ci$CI_L); add(case, "ci_high", ci$CI_U)
}

d$between <- ave(d$score, d$unit); d$within <- d$score - d$between

# unit means
m <- aggregate(cbind(y, lead) ~ unit, d, mean)
f <- summary(lm(y ~ lead, m))$coefficients["lead", ]
ci <- confint(lm(y ~ lead, m))["lead", ]
add("unit_means", "estimate", f[1]); add("unit_means", "std_error", f[2]); add("unit_means", "p_value", f[4])
add("unit_means", "ci_low", ci[1]); add("unit_means", "ci_high", ci[2]); add("unit_means", "dof", 6)

# unit means in two steps with a covariate that varies within units
slope <- coef(lm(y ~ within + age + factor(unit), d))["age"]
d$adjusted <- d$y - slope * (d$age - mean(d$age))
m2 <- aggregate(cbind(adjusted, score) ~ unit, d, mean)
f <- summary(lm(adjusted ~ score, m2))$coefficients["score", ]
add("two_steps", "estimate", f[1]); add("two_steps", "std_error", f[2]); add("two_steps", "p_value", f[4])

# cluster covariance
add_cr2("cr2_unit_level", lm(y ~ lead, d), "lead", d$unit)
add_cr2("cr2_between", lm(y ~ within + between + age, d), "between", d$unit)
add_cr2("cr2_adjust", lm(y ~ within + between + age, d), "age", d$unit)
add_cr2("cr2_within", lm(y ~ within + age + factor(unit), d), "within", d$unit)
add_cr2("cr2_rows", lm(y ~ score + age, d), "score", seq_len(n))

# random intercept
f <- lmer(y ~ within + between + age + (1 | unit), d)
for (term in c("within", "between", "age")) {
  add(paste0("reml_", term), "estimate", fixef(f)[term]); add(paste0("reml_", term), "std_error", sqrt(vcov(f)[term, term]))
}
adjusted <- pbkrtest::vcovAdj(f); tested <- lmerTest::as_lmerModLmerTest(f)
for (term in c("within", "between", "age")) {
  contrast <- as.numeric(names(fixef(f)) == term)
  add(paste0("kr_", term), "estimate", fixef(f)[term])
  add(paste0("kr_", term), "std_error", sqrt(adjusted[term, term]))
  add(paste0("kr_", term), "dof", pbkrtest::get_Lb_ddf(f, contrast))
  add(paste0("satterthwaite_", term), "dof", lmerTest::contest1D(tested, contrast)$df)
}
add("reml", "loglik", as.numeric(logLik(f)))
empty <- lmer(y ~ 1 + (1 | unit), d)
v <- as.data.frame(VarCorr(empty))$vcov
add("icc", "estimate", v[1] / sum(v))
dev <- lmer(y ~ 1 + (1 | unit), d, devFunOnly = TRUE)
at <- function(icc) dev(sqrt(icc / (1 - icc)))
best <- optimize(at, c(0, 0.99), tol = 1e-12)
cut <- best$objective + qchisq(0.95, 1)
low <- if (at(0) <= cut) 0 else uniroot(function(r) at(r) - cut, c(0, best$minimum), tol = 1e-12)$root
add("icc", "ci_low", low)
add("icc", "ci_high", uniroot(function(r) at(r) - cut, c(best$minimum, 0.999), tol = 1e-12)$root)

# logit and Poisson: CR2 by unit in the weighted least squares of the last step, written out with dense matrices.
# clubSandwich takes another root of the same matrix and agrees closely (kept as "club"); sandwich's clustered "HC2"
# applies the transposed hat matrix of the weighted fit to unweighted residuals and is not the same estimator.
dense <- function(f, cluster) {
  w <- weights(f, "working"); X <- model.matrix(f) * sqrt(w); e <- residuals(f, "working") * sqrt(w)
  M <- solve(crossprod(X)); meat <- 0 * M
  for (g in unique(cluster)) {
    i <- cluster == g
    s <- eigen(diag(sum(i)) - X[i, ] %*% M %*% t(X[i, ]), symmetric = TRUE)
    meat <- meat + tcrossprod(t(X[i, ]) %*% s$vectors %*% diag(s$values^-0.5) %*% t(s$vectors) %*% e[i])
  }
  V <- M %*% meat %*% M
  dimnames(V) <- dimnames(vcov(f))
  V
}
f <- glm(b ~ within + between + age, binomial, d, control = list(epsilon = 1e-14))
V <- dense(f, d$unit); club <- vcovCR(f, cluster = d$unit, type = "CR2")
X <- model.matrix(f)
for (term in c("within", "between")) {
  add(paste0("logit_", term), "odds_ratio", exp(coef(f)[term]))
  add(paste0("logit_", term), "log_std_error", sqrt(V[term, term]))
  add(paste0("logit_", term), "club", sqrt(club[term, term]))
  ame <- function(beta) mean(plogis(X %*% beta) * (1 - plogis(X %*% beta))) * beta[[term]]
  grad <- sapply(seq_along(coef(f)), function(j) {
    h <- 1e-5; up <- down <- coef(f); up[j] <- up[j] + h; down[j] <- down[j] - h; (ame(up) - ame(down)) / (2 * h)
  })
  add(paste0("logit_", term), "ame", ame(coef(f))); add(paste0("logit_", term), "ame_std_error", sqrt(drop(grad %*% V %*% grad)))
}
f <- glmer(b ~ within + between + age + (1 | unit), d, binomial, nAGQ = 25,
           control = glmerControl(optimizer = "bobyqa", optCtrl = list(rhoend = 1e-10, maxfun = 1e5)))
for (term in c("within", "between")) {
  add(paste0("agq_", term), "estimate", exp(fixef(f)[term]))
  add(paste0("agq_", term), "log_std_error", sqrt(vcov(f, use.hessian = TRUE)[term, term]))
}
f <- glm(count ~ within + between + age, poisson, d, control = list(epsilon = 1e-14))
V <- dense(f, d$unit); club <- vcovCR(f, cluster = d$unit, type = "CR2")
for (term in c("within", "between")) {
  add(paste0("poisson_", term), "rate_ratio", exp(coef(f)[term])); add(paste0("poisson_", term), "club", sqrt(club[term, term]))
  add(paste0("poisson_", term), "log_std_error", sqrt(V[term, term]))
}
f <- glm(b ~ pppk + score, binomial, d, control = list(epsilon = 1e-14))
add("logit_rows", "log_std_error", sqrt(vcovHC(f, type = "HC2")["score", "score"]))
one <- zero <- d; one$pppk <- 1; zero$pppk <- 0
add("logit_moved", "ame", mean(predict(f, one, type = "response") - predict(f, zero, type = "response")))

# reliability
N <- 240
g <- rnorm(N)
items <- sapply(c(0.9, 0.8, 0.7, 0.6, 0.75), function(l) pmin(pmax(round(3 + l * g + rnorm(N, 0, 0.7)), 1), 5))
colnames(items) <- paste0("q", 1:5)
write.csv(items, "reliability_data.csv", row.names = FALSE, quote = FALSE)
a <- psych::alpha(as.data.frame(items))
add("alpha", "estimate", a$total$raw_alpha)
ci <- psych::alpha.ci(a$total$raw_alpha, n.obs = N, n.var = 5, p.val = 0.05, digits = 15)
add("alpha", "ci_low", ci$lower.ci); add("alpha", "ci_high", ci$upper.ci)
raw <- sapply(1:5, function(j) cor(items[, j], rowSums(items[, -j])))
for (j in 1:5) add(paste0("item_rest_q", j), "estimate", raw[j])
m <- cfa("f =~ q1 + q2 + q3 + q4 + q5", as.data.frame(items), std.lv = TRUE)
p <- coef(m)
add("omega", "estimate", sum(p[1:5])^2 / (sum(p[1:5])^2 + sum(p[6:10])))
add("omega", "srmr", fitMeasures(m, "srmr")); add("omega", "cfi", fitMeasures(m, "cfi"))

result <- do.call(rbind, out)
result$value <- formatC(result$value, digits = 14, format = "g")
write.csv(result, "regress.csv", row.names = FALSE, quote = FALSE)
