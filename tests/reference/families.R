# Reference values for the families of regress: Firth, negative binomial, hurdle, zeros, marginal effects of counts.
# Run in this folder: Rscript families.R   (R 4.2, brglm2, MASS, pscl, sandwich, clubSandwich, geepack)
suppressMessages({library(brglm2); library(MASS); library(pscl); library(sandwich); library(clubSandwich); library(geepack)})
options(digits = 17)
set.seed(20250817)

out <- list()
add <- function(case, quantity, value) out[[length(out) + 1]] <<- data.frame(case, quantity, value)

# The endometrial cancer study that Heinze & Schemper (2002) analyse; NV separates.
data(endometrial, package = "brglm2")
write.csv(endometrial, "families_endometrial.csv", row.names = FALSE, quote = FALSE)
firth <- function(formula, d) glm(formula, binomial, d, method = "brglmFit", type = "AS_mean", epsilon = 1e-13, maxit = 1e5)
f <- firth(HG ~ NV + PI + EH, endometrial)
for (term in names(coef(f))) {
  add("endometrial", term, coef(f)[term]); add("endometrial_se", term, sqrt(diag(vcov(f)))[term])
}

# Counts with more zeros than Poisson expects, in 12 units of unequal size.
sizes <- c(6, 9, 12, 15, 18, 20, 24, 28, 30, 34, 40, 44)
unit <- rep(seq_along(sizes), sizes); n <- length(unit)
lead <- round(rnorm(12, 5, 1.5), 2)[unit]; score <- round(lead + rnorm(n), 2); head <- rbinom(n, 1, 0.4)
shock <- rnorm(12, 0, 0.3)[unit]
sessions <- rnbinom(n, mu = exp(-0.4 + 0.2 * lead + 0.15 * (score - lead) - 0.3 * head + shock), size = 0.9)
sessions[rbinom(n, 1, 0.25) == 1] <- 0
joined <- rbinom(n, 1, plogis(-1 + 0.3 * (score - lead) + shock)); joined[head == 1] <- 1
d <- data.frame(unit = paste0("U", formatC(unit, width = 2, flag = "0")), score, head, sessions, joined)
write.csv(d, "families_data.csv", row.names = FALSE, quote = FALSE)
f <- firth(joined ~ score + head, d)
for (term in names(coef(f))) add("separated", term, coef(f)[term])

d$between <- ave(d$score, d$unit); d$within <- d$score - d$between
form <- sessions ~ within + between + head
# CR2 by unit in the weighted least squares of the last step, with dense matrices (as in regress.R).
dense <- function(f, cluster) {
  w <- weights(f, "working"); X <- model.matrix(f) * sqrt(w); e <- residuals(f, "working") * sqrt(w)
  M <- solve(crossprod(X)); meat <- 0 * M
  for (g in unique(cluster)) {
    i <- cluster == g
    s <- eigen(diag(sum(i)) - X[i, ] %*% M %*% t(X[i, ]), symmetric = TRUE)
    meat <- meat + tcrossprod(t(X[i, ]) %*% s$vectors %*% diag(s$values^-0.5) %*% t(s$vectors) %*% e[i])
  }
  V <- M %*% meat %*% M
  dimnames(V) <- dimnames(M)
  V
}
p <- glm(form, poisson, d, control = list(epsilon = 1e-14))
V <- dense(p, d$unit)
for (term in c("within", "between")) {
  # dm/dx averaged: coef x mean(m); its gradient: coef x mean(m x) plus mean(m) at the coefficient itself
  m <- fitted(p); X <- model.matrix(p)
  grad <- coef(p)[term] * colMeans(m * X); grad[term] <- grad[term] + mean(m)
  add(paste0("ame_", term), "estimate", coef(p)[term] * mean(m))
  add(paste0("ame_", term), "std_error", sqrt(drop(grad %*% V %*% grad)))
}
add("zeros", "observed", mean(d$sessions == 0)); add("zeros", "poisson", mean(dpois(0, fitted(p))))

b <- glm.nb(form, d, control = glm.control(epsilon = 1e-14, maxit = 200))
V <- dense(b, d$unit)
for (term in c("within", "between")) {
  add(paste0("nb_", term), "estimate", exp(coef(b)[term])); add(paste0("nb_", term), "log_std_error", sqrt(V[term, term]))
}
add("nb", "size", b$theta); add("nb", "loglik", as.numeric(logLik(b)))
add("zeros", "negative_binomial", mean(dnbinom(0, mu = fitted(b), size = b$theta)))

control <- hurdle.control(reltol = 1e-15, maxit = 10000)
h <- hurdle(form, d, dist = "negbin", control = control)
add("hurdle", "size", h$theta[[1]]); add("hurdle", "loglik", as.numeric(logLik(h)))
add("zeros", "hurdle", mean(predict(h, type = "prob", at = 0:1)[, 1]))
moves <- sapply(unique(d$unit), function(g) {
  coef(hurdle(form, d[d$unit != g, ], dist = "negbin", control = control), "count") - coef(h, "count")
})
jackknife <- sqrt(diag(moves %*% t(moves)))
for (term in c("within", "between")) {
  add(paste0("hurdle_", term), "positive", exp(coef(h, "count")[term]))
  add(paste0("hurdle_", term), "any", exp(coef(h, "zero")[term]))
  add(paste0("hurdle_", term), "positive_log_std_error", jackknife[term])
}

# Clustered covariances of large tables: CR1 of sandwich, CR0 of a GEE with working independence.
l <- glm(I(sessions > 0) ~ score + head, binomial, d, control = list(epsilon = 1e-14))
o <- lm(sessions ~ score + head, d)
g <- geeglm(as.numeric(sessions > 0) ~ score + head, binomial, d, id = as.integer(factor(unit)), corstr = "independence")
for (term in c("score", "head")) {
  add(paste0("cr1_logit_", term), "estimate", coef(l)[term])
  add(paste0("cr1_logit_", term), "std_error", sqrt(vcovCL(l, d$unit, type = "HC1")[term, term]))
  add(paste0("cr1_linear_", term), "std_error", sqrt(vcovCL(o, d$unit, type = "HC1")[term, term]))
  add(paste0("gee_", term), "std_error", sqrt(vcov(g)[term, term]))
}

# Secondary questions: products with a moderator, classes of the unit mean; joint tests by HTZ.
d$centred <- d$head - mean(d$head)
m <- lm(sessions ~ within + between + head + I(between * centred) + I(within * centred), d)
V <- vcovCR(m, cluster = d$unit, type = "CR2")
tests <- coef_test(m, vcov = V, test = "Satterthwaite")
for (term in c("between", "within")) {
  row <- tests[paste0("I(", term, " * centred)"), ]
  add(paste0("moderator_", term), "estimate", row$beta); add(paste0("moderator_", term), "std_error", row$SE)
  add(paste0("moderator_", term), "dof", row$df_Satt); add(paste0("moderator_", term), "p_value", row$p_Satt)
}
means <- sort(unique(d$between)); cuts <- c(mean(means[4:5]), mean(means[8:9]))
add("classes", "low", cuts[1]); add("classes", "high", cuts[2])
d$middle <- as.numeric(d$between >= cuts[1] & d$between < cuts[2]); d$top <- as.numeric(d$between >= cuts[2])
m <- lm(sessions ~ within + head + middle + top, d)
w <- Wald_test(m, constraints = constrain_zero(c("middle", "top")), vcov = vcovCR(m, cluster = d$unit, type = "CR2"), test = "HTZ")
add("classes", "statistic", w$Fstat); add("classes", "dof2", w$df_denom); add("classes", "p_value", w$p_val)
add("classes", "top", coef(m)["top"])

result <- do.call(rbind, out)
result$value <- formatC(result$value, digits = 14, format = "g")
write.csv(result, "families.csv", row.names = FALSE, quote = FALSE)
